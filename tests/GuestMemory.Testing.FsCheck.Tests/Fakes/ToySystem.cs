namespace GuestMemory.Testing.FsCheck.Tests.Fakes;

/// <summary>Three pages that two guests take, map and give back; each page is one guest's at a time.</summary>
internal sealed class ToySystem(ToyBug bug = ToyBug.None) : IStepSystem
{
    public const int Pages = 3;
    public const int Guests = 2;
    private static readonly Rule Taken = new("TOY/taken", "toy", "a page of two guests");
    private readonly int[] _owner = new int[Pages];
    private readonly int[] _mapper = new int[Pages];

    private enum Call
    {
        Take,
        Map,
        Release,
        Ask,
    }

    public string Name => "toy";

    public IReadOnlyList<StateProperty> Properties =>
    [
        new("toy-maps", "a page is mapped at some time", PropertyKind.Sometimes, () => _mapper.Any(mapper => mapper != 0)),
        new("toy-third", "there is a third guest at some time", PropertyKind.Sometimes, () => _owner.Contains(3)),
        new("toy-all-mapped", "guest 2 maps every page", PropertyKind.Never, () => bug == ToyBug.MapsAll && MappedBy(2) == Pages),
    ];

    public int MappedBy(int guest) => _mapper.Count(mapper => mapper == guest);

    public int OwnedBy(int guest) => _owner.Count(owner => owner == guest);

    public void FindSteps(List<uint> steps)
    {
        for (var page = 0; page < Pages; page++)
        {
            for (var guest = 1; guest <= Guests; guest++)
            {
                steps.Add(Step(Call.Take, page, guest));
                if (_owner[page] == guest)
                {
                    steps.Add(Step(Call.Map, page, guest));
                }
            }

            if (_owner[page] != 0)
            {
                steps.Add(Step(Call.Release, page, 0));
                steps.Add(Step(Call.Ask, page, 0));
            }
        }
    }

    public StepAnswer Apply(uint step)
    {
        var (call, page, guest) = ((Call)(step / 16), (int)(step / 4 % 4), (int)(step % 4));
        switch (call)
        {
            case Call.Take when _owner[page] != 0:
                return StepAnswer.Refused(new(Lane.Status, 1, 0, Taken));
            case Call.Take:
                _owner[page] = guest;
                break;
            case Call.Map:
                _mapper[page] = guest;
                break;
            case Call.Release when bug == ToyBug.ReleaseThrows && _mapper[page] != 0:
                throw new InvalidOperationException("the toy fell over");
            case Call.Release:
                _owner[page] = 0;
                _mapper[page] = bug == ToyBug.ForgetsUnmap ? _mapper[page] : 0;
                break;
            default:
                throw new OutsideModelException("MB-0", "asking");
        }

        RequireOneGuest(page);
        return StepAnswer.Done();
    }

    public string Describe(uint step)
    {
        var (call, page, guest) = ((Call)(step / 16), step / 4 % 4, step % 4);
        return $"{call.ToString().ToUpperInvariant()} page={page}{(guest == 0 ? "" : $" guest={guest}")}";
    }

    public void WriteState(ref StateWriter writer)
    {
        for (var page = 0; page < Pages; page++)
        {
            writer.Byte((byte)_owner[page]);
            writer.Byte((byte)_mapper[page]);
        }
    }

    public void ReadState(ref StateReader reader)
    {
        for (var page = 0; page < Pages; page++)
        {
            _owner[page] = reader.Byte();
            _mapper[page] = reader.Byte();
        }
    }

    private void RequireOneGuest(int page)
    {
        if (_mapper[page] != 0 && _owner[page] != 0 && _mapper[page] != _owner[page])
        {
            throw new ModelInvariantException("TOY-1", $"page {page} is guest {_owner[page]}'s and mapped by guest {_mapper[page]}");
        }
    }

    private static uint Step(Call call, int page, int guest) => ((uint)call * 16) + ((uint)page * 4) + (uint)guest;
}
