namespace GuestMemory.Tests;

internal enum HostCall
{
    Load,
    Store,
    GuestRead,
    GuestWrite,
    MapAnonymous,
    MapMemfd,
    Unmap,
    Discard,
    Protect,
    PunchMemfd,
}
