namespace GuestMemory.Tdx;

/// <summary>Checks every invariant after an operation that starts from a remembered state, which several may start from.</summary>
/// <remarks>What operations did is judged from what they touched; states are swept.</remarks>
internal sealed class StepWatch(TdxModule module) : ITdxObserver
{
    private ModuleShadow _before = new(module, keepsBytes: false);

    /// <summary>Takes the module as it is for what operations start from.</summary>
    public void Begin() => _before = new(module, keepsBytes: false);

    /// <summary>The same state again; bytes of the host's may have been written since.</summary>
    public void BeginAgain() => _before.FollowContents(module);

    /// <inheritdoc/>
    /// <exception cref="ModelInvariantException">An invariant is broken.</exception>
    public void OnOperation(TdxModule module, in TdxOperation operation)
    {
        var step = new TdxStep(module, operation, _before, CheckScope.Touched);
        foreach (var invariant in TdxInvariants.All)
        {
            Throw(invariant.Find(step), operation);
        }

        if (operation.Kind == TdxOperationKind.VcpuExit || (step.IsCall && !step.IsRefused) || step.SeptChanges.Count + step.PamtChanges.Count > 0)
        {
            Sweep(module, operation);
        }
    }

    private static void Sweep(TdxModule module, in TdxOperation operation)
    {
        var scan = TdxScan.Of(module);
        foreach (var invariant in TdxInvariants.All)
        {
            Throw(invariant.Find(scan), operation);
        }
    }

    private static void Throw(TdxBreach? breach, in TdxOperation operation)
    {
        if (breach is not null)
        {
            throw new ModelInvariantException(breach.Invariant.Id, $"{breach.Where}: {breach.Text} ({operation})");
        }
    }
}
