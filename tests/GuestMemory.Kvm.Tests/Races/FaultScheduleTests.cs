using Xunit;

namespace GuestMemory.Kvm.Tests.Races;

/// <summary>A guest fault against a conversion and a punch of the same page, in every order of their critical sections.</summary>
/// <remarks>
/// The steps: sample, check, take, prepare, map or retry; begin, store, end; begin, free, end. What is checked after each of them
/// is the address rule: a translation outside an open invalidation leads where slot, attribute and store say now.
/// </remarks>
public sealed class FaultScheduleTests
{
    private const int FaultSteps = 5;
    private static readonly Gfn s_gfn = new(World.At >> 12);

    // Sides: a file that is one of two (0), one that stands behind both kinds (MMAP, 1).
    public static TheoryData<ulong, bool> Worlds => new() { { 0, true }, { 0, false }, { 1, true }, { 1, false } };

    // guest-memfd, fault; exemplar 13: 5 steps and 3 steps interleave in 56 ways.
    [Theory]
    [MemberData(nameof(Worlds))]
    public void No_order_of_fault_and_conversion_leaves_a_stale_translation(ulong fileFlags, bool startsPrivate)
    {
        var runs = RunAll(fileFlags, startsPrivate, converts: true, punches: false);

        Assert.Equal(56, runs.Count);
        Assert.DoesNotContain(runs, run => run.Broken is not null);
        Assert.DoesNotContain(runs, run => run.Retried != run.MustRetry);
        Assert.Contains(runs, run => run.Retried);
        Assert.Contains(runs, run => !run.Retried);
    }

    // guest-memfd, punch hole: the same 56 against begin, free, end.
    [Theory]
    [MemberData(nameof(Worlds))]
    public void No_order_of_fault_and_punch_leaves_a_stale_translation(ulong fileFlags, bool startsPrivate)
    {
        var runs = RunAll(fileFlags, startsPrivate, converts: false, punches: true);

        Assert.Equal(56, runs.Count);
        Assert.DoesNotContain(runs, run => run.Broken is not null);
        Assert.DoesNotContain(runs, run => run.Retried != run.MustRetry);
    }

    // 11! / (5! 3! 3!) orders of all three.
    [Theory]
    [MemberData(nameof(Worlds))]
    public void No_order_of_fault_conversion_and_punch_leaves_a_stale_translation(ulong fileFlags, bool startsPrivate)
    {
        var runs = RunAll(fileFlags, startsPrivate, converts: true, punches: true);

        Assert.Equal(9240, runs.Count);
        Assert.DoesNotContain(runs, run => run.Broken is not null);
        Assert.DoesNotContain(runs, run => run.Retried != run.MustRetry);
        Assert.Contains(runs, run => run.Verdict == FaultVerdict.Mapped);
    }

    // The fault of the tests' own making is right when it samples first...
    [Theory]
    [MemberData(nameof(Worlds))]
    public void A_fault_that_samples_first_is_never_stale(ulong fileFlags, bool startsPrivate)
    {
        var runs = RunAll(fileFlags, startsPrivate, converts: true, punches: false, static vm => new HandMadeFault(vm, s_gfn, samplesFirst: true));

        Assert.DoesNotContain(runs, run => run.Broken is not null);
    }

    // ...and the same check catches it when it does not (a bug Linux had, fixed by f66e50ed09b3): a conversion between the two goes unseen.
    [Theory]
    [MemberData(nameof(Worlds))]
    public void A_fault_that_samples_after_reading_the_attribute_is_caught(ulong fileFlags, bool startsPrivate)
    {
        var runs = RunAll(fileFlags, startsPrivate, converts: true, punches: false, static vm => new HandMadeFault(vm, s_gfn, samplesFirst: false));

        var stale = runs.Where(run => run.Broken is not null).ToArray();

        Assert.Contains(stale, run => run.Broken == MachineInvariants.Address.Name);
        Assert.Contains("fault begin store end fault fault fault fault", stale.Select(run => run.Schedule));
    }

    private static List<Run> RunAll(ulong fileFlags, bool startsPrivate, bool converts, bool punches, Func<VirtualMachine, FaultActor>? fault = null)
    {
        var runs = new List<Run>();
        foreach (var schedule in Schedules.Of(FaultSteps, converts ? 3 : 0, punches ? 3 : 0))
        {
            runs.Add(new Run(fileFlags, startsPrivate, schedule, fault));
        }

        return runs;
    }

    /// <summary>One schedule on a fresh world.</summary>
    private sealed class Run
    {
        private static readonly GfnRange s_converted = new(s_gfn, 2);
        private readonly World _world;
        private readonly BackingStore _store;
        private readonly FaultActor _fault;
        private readonly bool _toPrivate;
        private readonly bool _isInPlace;
        private readonly int[] _step = new int[3];
        private readonly List<string> _words = [];
        private InvalidationScope _scope;
        private int _open;
        private bool _endedSinceSample;

        public Run(ulong fileFlags, bool startsPrivate, int[] schedule, Func<VirtualMachine, FaultActor>? fault)
        {
            _world = new(enforcement: Enforcement.Observe);
            var file = _world.FileSlot(fileFlags);
            _store = _world.Backing(file).Store;
            _isInPlace = fileFlags == 1;
            _toPrivate = !startsPrivate;
            if (startsPrivate)
            {
                _world.Convert(World.At, World.SlotSize);
            }

            // The neighbour is mapped before: an invalidation has something to unmap.
            _world.Store(World.At + World.Page, 1);
            _fault = fault?.Invoke(_world.Guest) ?? new FaultActor(_world.Guest, s_gfn);
            foreach (var actor in schedule)
            {
                Take(actor);
            }

            while (!_fault.IsOver)
            {
                Fault();
            }

            Check();
        }

        public string Schedule => string.Join(' ', _words);

        public string? Broken { get; private set; }

        public bool Retried => _fault.Retries > 0;

        public bool MustRetry { get; private set; }

        public FaultVerdict Verdict => _fault.Verdict;

        private void Take(int actor)
        {
            switch (actor)
            {
                case 0:
                    _words.Add("fault");
                    Fault();
                    break;
                case 1:
                    Convert(_step[1]++);
                    break;
                default:
                    Punch(_step[2]++);
                    break;
            }

            Check();
        }

        // A fault must start again when an invalidation ended since its sample, or one is open over its frame; or when the page
        // it took was freed before it could be prepared.
        private void Fault()
        {
            if (_fault.IsOver)
            {
                return;
            }

            _endedSinceSample &= !_fault.IsAboutToSample;
            MustRetry |= _fault.IsAboutToMap && (_open > 0 || _endedSinceSample);
            MustRetry |= _fault.IsAboutToPrepare && (_isInPlace || _fault.Kind == PageKind.Private) && !_store.TryLookUp(default, out _);
            _fault.Step();
        }

        private void Convert(int step)
        {
            var vm = _world.Guest;
            switch (step)
            {
                case 0:
                    vm.BeginConversion(s_converted);
                    Begun("begin");
                    break;
                case 1:
                    vm.StoreAttributes(s_converted, _toPrivate ? MemoryAttributes.Private : MemoryAttributes.None);
                    _words.Add("store");
                    break;
                default:
                    vm.EndConversion(s_converted);
                    Ended("end");
                    break;
            }
        }

        private void Punch(int step)
        {
            switch (step)
            {
                case 0:
                    _scope = _store.BeginInvalidate(new(default, 2), KindFilter.Both);
                    Begun("begin-punch");
                    break;
                case 1:
                    Assert.True(_store.Free(_scope).IsSuccess);
                    _words.Add("free");
                    break;
                default:
                    _store.EndInvalidate(_scope);
                    Ended("end-punch");
                    break;
            }
        }

        private void Begun(string word)
        {
            _open++;
            _words.Add(word);
        }

        private void Ended(string word)
        {
            _open--;
            _endedSinceSample = true;
            _words.Add(word);
        }

        private void Check()
        {
            foreach (var invariant in MachineInvariants.All)
            {
                Broken ??= invariant.FindBreach(_world.Machine) is null ? null : invariant.Name;
            }
        }
    }
}
