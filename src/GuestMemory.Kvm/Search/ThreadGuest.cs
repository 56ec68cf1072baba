namespace GuestMemory.Kvm;

/// <summary>One guest of a system of threads: its VM, where its threads stand, and what an observer remembers.</summary>
internal sealed class ThreadGuest(Machine machine, VirtualMachine vm, int number, ulong sharedPage, int sharedStore) : IStateful
{
    /// <summary>The VM.</summary>
    public VirtualMachine Vm { get; } = vm;

    /// <summary>Process page of its first page.</summary>
    public ulong SharedPage { get; } = sharedPage;

    /// <summary>The store behind its shared side.</summary>
    public BackingStore Shared { get; } = machine.Store(sharedStore);

    /// <summary>What it writes to private pages.</summary>
    public ulong PrivateToken { get; } = 0x10 + (ulong)number;

    /// <summary>What it writes to shared pages.</summary>
    public ulong SharedToken { get; } = 0x20 + (ulong)number;

    /// <summary>Number of its private file; it may be gone.</summary>
    public int FileId { get; set; }

    /// <summary>Its private file.</summary>
    public BackingFile File => machine.File(FileId);

    /// <summary>Steps its conversion has made; 0 when none runs.</summary>
    public int Converting { get; set; }

    /// <summary>The page being converted.</summary>
    public int ConvertedPage { get; set; }

    /// <summary>Steps its punch has made; 0 when none runs.</summary>
    public int Punching { get; set; }

    /// <summary>The page being punched.</summary>
    public int PunchedPage { get; set; }

    /// <summary>Steps the deletion of its slot has made; 0 when none runs.</summary>
    public int Deleting { get; set; }

    /// <summary>Private pages it wrote and that were not freed since, one bit a page.</summary>
    public uint Written { get; set; }

    /// <summary>Shared pages a device holds, one bit a page.</summary>
    public uint Pinned { get; set; }

    /// <summary>What was seen of it that must not be.</summary>
    public CallBreach Breach { get; set; }

    /// <summary>Whether the lock of its slots is free: conversion, slot changes and release take it.</summary>
    public bool SlotsAreFree => Converting == 0 && Deleting == 0;

    /// <summary>The lock of its file's pages is free: punch, binding and release take it.</summary>
    public bool PagesAreFree => Punching == 0;

    /// <summary>Its slot, when there is one.</summary>
    public Memslot? Slot => Vm.Slots.FindById(0, 0);

    /// <summary>Guest frame of a page.</summary>
    public static Gfn Gfn(int page) => CallGuest.Gfn(page);

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(FileId);
        writer.Byte((byte)Converting);
        writer.Byte((byte)ConvertedPage);
        writer.Byte((byte)Punching);
        writer.Byte((byte)PunchedPage);
        writer.Byte((byte)Deleting);
        writer.Int32((int)Written);
        writer.Int32((int)Pinned);
        writer.Byte((byte)Breach);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        FileId = reader.Int32();
        Converting = reader.Byte();
        ConvertedPage = reader.Byte();
        Punching = reader.Byte();
        PunchedPage = reader.Byte();
        Deleting = reader.Byte();
        Written = (uint)reader.Int32();
        Pinned = (uint)reader.Int32();
        Breach = (CallBreach)reader.Byte();
    }
}
