using GuestMemory.Mutation;

// With three arguments a child, told by standard input what to run: MutantRunner <tests' assembly> <mutated assembly> <test filter>
// With six the parent: MutantRunner <folder of built tests> <tests' assembly> <mutated assembly> <test filter> <report of Stryker> <report to write>
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
