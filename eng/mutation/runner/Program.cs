using GuestMemory.Mutation;

// With one argument a child: tests of the assembly beside it, one mutant after the other, as standard input says.
// Otherwise: MutantRunner <folder of built tests> <tests' assembly> <mutated assembly> <test filter> <report of Stryker> <report to write>
switch (args)
{
    case [var tests, var mutated, var filter]:
        return new TestHost(tests, mutated, filter).Serve(Console.In, Console.Out);
    case [var folder, var tests, var mutated, var filter, var report, var written]:
        return new MutantRun(new(folder, tests, mutated, filter), MutantReport.Read(report)).WriteTo(written);
    default:
        Console.Error.WriteLine("MutantRunner <folder> <tests> <mutated> <filter> <report> <report to write>");
        return 2;
}
