using Xunit;

namespace GuestMemory.Tdx.Tests.Access;

/// <summary>Five translations added in every order: two of one guest frame, one beside it, one around them, and one far away.</summary>
public sealed class VcpuTranslationsTests
{
    // By guest frame, smaller pages first.
    private static readonly CachedPage[] s_pages =
    [
        new(new(0), PageSize.Size1G, new(0x40000), 1),
        new(new(0x200), PageSize.Size4K, new(0x111), 7),
        new(new(0x200), PageSize.Size2M, new(0x80200), 3),
        new(new(0x201), PageSize.Size4K, new(0x222), 7),
        new(new(0x50000), PageSize.Size4K, new(0x333), 7),
    ];

    [Fact]
    public void Whatever_the_order_they_come_in_they_lie_by_guest_frame_and_size()
    {
        var orders = Orders(s_pages).ToArray();

        Assert.Equal(120, orders.Length);
        Assert.All(orders, order => Assert.Equal(s_pages, With(order).Pages.ToArray()));
    }

    [Fact]
    public void A_frame_is_found_in_the_smallest_page_that_covers_it()
    {
        foreach (var order in Orders(s_pages))
        {
            var translations = With(order);

            Assert.Equal(s_pages[1], Find(translations, 0x200));
            Assert.Equal(s_pages[3], Find(translations, 0x201));
            Assert.Equal(s_pages[2], Find(translations, 0x202));
            Assert.Equal(s_pages[2], Find(translations, 0x3ff));
            Assert.Equal(s_pages[0], Find(translations, 0x1ff));
            Assert.Equal(s_pages[0], Find(translations, 0x400));
            Assert.Equal(s_pages[0], Find(translations, 0x3ffff));
            Assert.Equal(s_pages[4], Find(translations, 0x50000));
        }
    }

    [Fact]
    public void A_frame_that_no_page_covers_is_not_found()
    {
        var translations = With(s_pages);

        Assert.Null(Find(translations, 0x40000));
        Assert.Null(Find(translations, 0x4ffff));
        Assert.Null(Find(translations, 0x50001));
        Assert.Null(Find(new(), 0));
    }

    // An entry of the same frame and size is replaced: a processor has one translation of a page.
    [Fact]
    public void The_same_page_again_takes_the_place_of_what_was_remembered()
    {
        for (var index = 0; index < s_pages.Length; index++)
        {
            var translations = With(s_pages);
            var again = s_pages[index] with { Frame = new(0x777), Rights = 5 };
            translations.Add(again);

            Assert.Equal(s_pages.Length, translations.Pages.Length);
            Assert.Equal(again, translations.Pages[index]);
        }
    }

    private static VcpuTranslations With(IEnumerable<CachedPage> pages)
    {
        var translations = new VcpuTranslations();
        foreach (var page in pages)
        {
            translations.Add(page);
        }

        return translations;
    }

    private static CachedPage? Find(VcpuTranslations translations, ulong gfn) => translations.TryFind(new(gfn), out var page) ? page : null;

    private static IEnumerable<CachedPage[]> Orders(CachedPage[] pages) => pages.Length == 1
        ? [pages]
        : from first in pages from rest in Orders([.. pages.Where(page => page != first)]) select (CachedPage[])[first, .. rest];
}
