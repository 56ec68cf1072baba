// Measures the library. With --quick, every budget once after warming up, in a minute or two, or some parts of them; otherwise BenchmarkDotNet:
//   dotnet run -c Release --project benchmarks/GuestMemory.Benchmarks -- --quick
//   dotnet run -c Release --project benchmarks/GuestMemory.Benchmarks -- --quick snp
//   dotnet run -c Release --project benchmarks/GuestMemory.Benchmarks -- --quick tdx
//   dotnet run -c Release --project benchmarks/GuestMemory.Benchmarks -- --quick fscheck
//   dotnet run -c Release --project benchmarks/GuestMemory.Benchmarks -- --quick search
//   dotnet run -c Release --project benchmarks/GuestMemory.Benchmarks -- --filter '*Convert*'

using BenchmarkDotNet.Running;
using GuestMemory.Benchmarks;

if (args is ["--quick", .. var parts])
{
    return QuickRun.Run(Console.Out, parts);
}

BenchmarkSwitcher.FromAssembly(typeof(QuickRun).Assembly).Run(args);
return 0;
