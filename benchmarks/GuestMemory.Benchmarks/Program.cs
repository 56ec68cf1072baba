// Measures the library. With --quick, every budget once after warming up, in under a minute; otherwise BenchmarkDotNet:
//   dotnet run -c Release --project benchmarks/GuestMemory.Benchmarks -- --quick
//   dotnet run -c Release --project benchmarks/GuestMemory.Benchmarks -- --filter '*Convert*'

using BenchmarkDotNet.Running;
using GuestMemory.Benchmarks;

if (args is ["--quick", ..])
{
    return QuickRun.Run(Console.Out);
}

BenchmarkSwitcher.FromAssembly(typeof(QuickRun).Assembly).Run(args);
return 0;
