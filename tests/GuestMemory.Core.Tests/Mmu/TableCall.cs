namespace GuestMemory.Tests;

internal enum TableCall
{
    Map,
    Unmap,
    Flush,
    Split,
    Merge,
    WriteProtect,
    Cache,
}
