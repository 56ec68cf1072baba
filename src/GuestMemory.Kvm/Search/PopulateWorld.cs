namespace GuestMemory.Kvm;

/// <summary>A guest whose pages are filled and measured before it runs, or at a bad moment.</summary>
internal sealed class PopulateWorld : CoreWorld, IPopulateFiller
{
    private const byte LaunchToken = 0x40;
    private const int MeasuredShared = 7;

    public PopulateWorld(StepSystemOptions options)
        : base(options.Rules, 8)
    {
        var vm = CreateVm();
        MapAnonymous(2);
        CreateSlot(vm, 0, 0, 2, CreateFile(vm, 2));
        for (var page = 0; page < 2; page++)
        {
            AddGuest(vm, 0, page, page);
            AddPopulate(vm, page);
        }

        WatchReads();
        Always("measured-is-private", "What is measured for a guest is private to it.", () => Remembered[MeasuredShared] == 0);
    }

    /// <inheritdoc/>
    public Outcome Fill(VirtualMachine vm, Gfn gfn, Pfn frame, ReadOnlySpan<byte> source)
    {
        var prepared = Machine.Ownership.Prepare(new(new(frame, 1), vm.Id, gfn, PageKind.Private, PageSize.Size4K));
        if (prepared.IsSuccess)
        {
            Machine.Contents.Fill(frame, [LaunchToken]);
        }

        return prepared;
    }

    private void AddPopulate(VirtualMachine vm, int page) => Add($"populate page={page}", () =>
    {
        var wasShared = !IsPrivate(vm, page);
        var outcome = vm.Populate(new(Gfn(page), 1), [], this, out _);
        if (outcome.IsSuccess)
        {
            Remembered[page] = Remembered[page] == 0 ? LaunchToken : Remembered[page];
            Remembered[MeasuredShared] |= wasShared ? (byte)1 : (byte)0;
        }

        return outcome;
    });
}
