using System.Diagnostics;
using System.Globalization;

namespace GuestMemory.Mutation;

/// <summary>The parent's end of a child: orders go in, answers come out, and a child that answers no more is ended.</summary>
internal sealed class TestProcess : IDisposable
{
    private readonly Process _process;

    public TestProcess(TestedFolder folder, int? firstMutant = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Folder };
        var tests = Path.Combine(folder.Folder, folder.Tests);
        foreach (var argument in new[]
        {
            "exec", "--runtimeconfig", tests + ".runtimeconfig.json", "--depsfile", tests + ".deps.json", Path.Combine(folder.Folder, "MutantRunner.dll"), folder.Tests, folder.Mutated, folder.Filter,
        })
        {
            start.ArgumentList.Add(argument);
        }

        // A mutant that never stops allocating ends here and not with the machine.
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x80000000";
        if (firstMutant is { } mutant)
        {
            start.Environment["FIRST_MUTANT"] = mutant.ToString(CultureInfo.InvariantCulture);
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
    }

    /// <summary>Sends an order, or nothing, and waits for one line.</summary>
    /// <returns>The line; <see langword="null"/> where the child ended instead.</returns>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public string? Ask(string? order, TimeSpan atMost)
    {
        try
        {
            if (order is not null)
            {
                _process.StandardInput.WriteLine(order);
                _process.StandardInput.Flush();
            }

            return _process.StandardOutput.ReadLineAsync().WaitAsync(atMost).GetAwaiter().GetResult();
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
