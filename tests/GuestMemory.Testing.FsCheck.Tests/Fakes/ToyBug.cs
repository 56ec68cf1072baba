namespace GuestMemory.Testing.FsCheck.Tests.Fakes;

/// <summary>What is wrong with a <see cref="ToySystem"/>.</summary>
internal enum ToyBug
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A page given back stays mapped: TOY-1 breaks after four steps.</summary>
    ForgetsUnmap,

    /// <summary>Its property says that guest 2 never maps every page; it does after six steps.</summary>
    MapsAll,

    /// <summary>Giving back a mapped page throws, after three steps.</summary>
    ReleaseThrows,
}
