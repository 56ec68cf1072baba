namespace GuestMemory.Kvm;

/// <summary>Machines to be searched: few frames, cached translations, both kinds of VM without hardware.</summary>
internal static class SearchMachine
{
    /// <summary>Makes one.</summary>
    public static Machine Create(RuleSwitches rules, ulong frames, Enforcement enforcement, PageSize largest = PageSize.Size4K)
    {
        var options = new MachineOptions
        {
            Frames = frames, FramesPerNode = frames, CachesTranslations = true, Enforcement = enforcement, LargestMapping = largest, Rules = rules,
        };
        return new MachineFactory(options, [OrdinaryVm.Instance, SoftwareProtectedVm.Instance]).Create();
    }

    /// <summary>What a call that builds a system returned.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public static int Done(KvmResult result) =>
        result.IsSuccess ? (int)result.Value : throw new InvalidOperationException($"The system cannot be built: {result}.");
}
