namespace GuestMemory.Tdx;

/// <summary>A step among running TDs: what, by or for whom (a guest, a vCPU, a page), at which guest address, with which page.</summary>
internal readonly record struct RunStep(RunStepKind Kind, int Who, int Gfn = 0, int Page = 0)
{
    /// <summary>The step as a number.</summary>
    public uint Number => ((uint)Kind << 24) | ((uint)Who << 16) | ((uint)Gfn << 8) | (uint)Page;

    /// <summary>The step of a number.</summary>
    public static RunStep Of(uint number) => new((RunStepKind)(number >> 24), (int)(number >> 16 & 0xff), (int)(number >> 8 & 0xff), (int)(number & 0xff));

    /// <summary>The function, then its operands.</summary>
    public override string ToString() => Kind switch
    {
        RunStepKind.Aug => $"TDH.MEM.PAGE.AUG td={Who} gfn={Gfn} page={Page}",
        RunStepKind.Block => $"TDH.MEM.RANGE.BLOCK td={Who} gfn={Gfn}",
        RunStepKind.Track => $"TDH.MEM.TRACK td={Who}",
        RunStepKind.Unblock => $"TDH.MEM.RANGE.UNBLOCK td={Who} gfn={Gfn}",
        RunStepKind.Remove => $"TDH.MEM.PAGE.REMOVE td={Who} gfn={Gfn}",
        RunStepKind.Enter => $"TDH.VP.ENTER vcpu={Who}",
        RunStepKind.Exit => $"exit vcpu={Who}",
        RunStepKind.Accept => $"TDG.MEM.PAGE.ACCEPT vcpu={Who} gfn={Gfn}",
        RunStepKind.Read => $"read vcpu={Who} gfn={Gfn}",
        RunStepKind.Write => $"write vcpu={Who} gfn={Gfn}",
        RunStepKind.HostRead => $"host-read page={Who}",
        _ => $"host-write page={Who}",
    };
}
