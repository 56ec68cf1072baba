namespace GuestMemory.Testing.Tests.Search;

/// <summary>Pages lent to guests: free; lent; lent and mapped; and then written. Each page goes its own way, so that the states can be counted by hand: (1 + 3 * guests) ^ pages.</summary>
internal sealed class LendingSystem : IPartedState, ISymmetricSystem
{
    private readonly int _guests;
    private readonly bool _checksMapped;

    // 0 is free; otherwise guest * 3 + stage + 1, the stages being lent, mapped and written.
    private readonly byte[] _pages;

    public LendingSystem(int guests, int pages, bool checksMapped = true)
    {
        (_guests, _checksMapped) = (guests, checksMapped);
        _pages = new byte[pages];
        Properties =
        [
            new("all-written", "Every page is written at some time.", PropertyKind.Sometimes, () => Array.TrueForAll(_pages, static page => page > 0 && (page - 1) % 3 == 2)),
            new("fewer-than-written", "No state has more pages written than there are.", PropertyKind.Always, () => _pages.Count(static page => page > 0) <= _pages.Length),
        ];
    }

    public static Rule TakeMapped { get; } = new("LEND/mapped", "lending", "use of a page that was taken");

    public string Name => "lending";

    public IReadOnlyList<StateProperty> Properties { get; }

    public IReadOnlyList<int> Groups => [_guests, _pages.Length];

    public int Parts => _pages.Length;

    public int PartsReadCalls { get; private set; }

    public byte this[int page] => _pages[page];

    public void FindSteps(List<uint> steps)
    {
        for (var page = 0; page < _pages.Length; page++)
        {
            if (_pages[page] != 0)
            {
                steps.Add(Code(page, 0, 0));
                steps.Add(Code(page, 1, 0));
                continue;
            }

            for (var guest = 0; guest < _guests; guest++)
            {
                steps.Add(Code(page, 2, guest));
            }
        }
    }

    public StepAnswer Apply(uint step)
    {
        var (page, operation, guest) = ((int)step & 15, (step >> 4) & 15, (int)step >> 8);
        var touched = 1UL << page;
        var stage = (_pages[page] - 1) % 3;
        switch (operation)
        {
            case 0 when stage > 0 && _checksMapped:
                return StepAnswer.Refused(new(Lane.Status, 1, 0, TakeMapped));
            case 0 when stage > 0:
                throw new ModelInvariantException("lent", $"page {page} is taken while mapped");
            case 0:
                _pages[page] = 0;
                break;
            case 1:
                // Written, and then unmapped again.
                _pages[page] = (byte)(_pages[page] + (stage == 2 ? -2 : 1));
                break;
            default:
                _pages[page] = (byte)((guest * 3) + 1);
                break;
        }

        return StepAnswer.Done(touched);
    }

    public string Describe(uint step) => ((step >> 4) & 15) switch
    {
        0 => $"take page={step & 15}",
        1 => $"go-on page={step & 15}",
        _ => $"lend page={step & 15} guest={step >> 8}",
    };

    public void WritePart(int part, ref StateWriter writer) => writer.Byte(_pages[part]);

    public void ReadPart(int part, ref StateReader reader) => _pages[part] = reader.Byte();

    public void PartsRead(ulong parts) => PartsReadCalls++;

    // A page is told by its stage, a guest by how many pages it has in each.
    public ulong Signature(int group, int thing) => group == 1
        ? (ulong)(_pages[thing] == 0 ? 3 : (_pages[thing] - 1) % 3)
        : (ulong)_pages.Where(page => page > 0 && (page - 1) / 3 == thing).Sum(static page => 1 << (4 * ((page - 1) % 3)));

    public void WriteOrdered(in ThingOrder order, ref StateWriter writer)
    {
        for (var place = 0; place < _pages.Length; place++)
        {
            var page = _pages[order.ThingAt(1, place)];
            writer.Byte(page == 0 ? (byte)0 : (byte)((order.PlaceOf(0, (page - 1) / 3) * 3) + ((page - 1) % 3) + 1));
        }
    }

    private static uint Code(int page, int operation, int guest) => (uint)(page | (operation << 4) | (guest << 8));
}
