using static GuestMemory.Rmp.GuestMoves;
using static GuestMemory.Rmp.HostMoves;
using static GuestMemory.Rmp.SceneSetup;
using static GuestMemory.Rmp.SnpSceneWorld;

namespace GuestMemory.Rmp;

/// <summary>Scenes of pages, privilege levels, vCPUs and large pages.</summary>
internal static class PageScenes
{
    private const VmplPermissions ReadWrite = VmplPermissions.Read | VmplPermissions.Write;

    private static readonly VmrunOperands s_honest = RunOn(H(5));

    public static IReadOnlyList<SnpScene> All { get; } = [Levels, Pages, Vcpus("vcpu"), InUseLast, BoundSaveArea, Large];

    // Guest A has H[5] at G[5]; H[6] is anybody's.
    private static SnpScene Pages => new(
        "pages",
        world => Give(world, A, H(5), G(5)),
        [
            Assign(H(6), A, G(5)), Assign(H(6), A, G(6)), Assign(H(6), B, G(5)), Assign(H(5), A, G(5), immutable: true), ToFirmware(H(6)), Share(H(5)), Share(H(6)),
            HostMoves.Write(H(5)), HostMoves.Write(H(6)), DeviceWrite(H(5)), PlainGuestWrite(H(5)), SharedWrite(B, H(5)),
            Accept(A, G(5), H(6)), Accept(A, G(6), H(6)), Accept(B, G(5), H(6)), Accept(A, G(6), H(5)), Accept(Asid.Hypervisor, default, H(6)), Release(A, G(5), H(5)), Release(A, G(5), H(6)),
            Read(A, G(5), H(5)), GuestMoves.Write(A, G(5), H(5)), Read(A, G(5), H(6)), Read(A, G(6), H(5)), Read(B, G(5), H(5)), Read(A, G(5), H(5), PageSize.Size2M), Read(A, G(5), new(Covered.FlatEnd)),
        ]);

    // Guest A's first level gives rights to others; it has two pages.
    private static SnpScene Levels => new(
        "levels",
        world =>
        {
            Give(world, A, H(5), G(5));
            Give(world, A, H(6), G(6));
        },
        [
            Adjust(A, 0, G(5), H(5), 1, ReadWrite), Adjust(A, 0, G(5), H(5), 1, VmplPermissions.Read), Adjust(A, 0, G(6), H(6), 1, VmplPermissions.Read),
            Adjust(A, 0, G(6), H(5), 1, ReadWrite), Adjust(A, 1, G(5), H(5), 1, VmplPermissions.Read), Adjust(A, 1, G(5), H(5), 2, ReadWrite), Adjust(A, 1, G(5), H(5), 2, VmplPermissions.Read),
            Adjust(B, 0, G(5), H(5), 1, ReadWrite), Assign(H(5), A, G(5), immutable: true), Assign(H(5), A, G(5)),
            Read(A, G(5), H(5), vmpl: 1), GuestMoves.Write(A, G(5), H(5), vmpl: 1), Read(A, G(6), H(6), vmpl: 1), Read(A, G(5), H(5), vmpl: 2), Read(A, G(5), H(5)),
        ]);

    // Guest A has its save area in H[5] and data in H[6]; the host runs it from what pages it likes.
    private static SnpScene Vcpus(string name) => new(
        name,
        world =>
        {
            SaveArea(world, A, H(5), G(5));
            Give(world, A, H(6), G(6));
        },
        [
            .. Vcpu(0, s_honest), .. Vcpu(1, s_honest with { Vmcb = H(6) }), .. Vcpu(2, s_honest with { AvicBacking = H(6) }), .. Vcpu(3, s_honest with { IsSnpActive = false }),
            .. Vcpu(4, s_honest with { Asid = B }), .. Vcpu(5, s_honest with { Vmsa = H(6) }), .. Vcpu(6, s_honest with { Vmsa = new(Covered.FlatEnd) }),
            WriteHsave(H(6)), WriteHsave(Y(3)), Share(H(5)), Assign(H(5), A, G(5), immutable: true), Assign(H(5), A, G(5)), Share(H(6)), Assign(H(5), B, G(5)),
        ]);

    private static SnpScene InUseLast => Vcpus("vcpu-in-use-last") with { Switches = SnpSwitches.Default with { InUsePlace = InUsePlace.Last } };

    private static SnpScene BoundSaveArea => Vcpus("vcpu-bound-save-area") with { Switches = SnpSwitches.Default with { ChecksVmsaAddress = true } };

    // H, Y and Z are whole 2M pages or 512 small ones; one page of Z is fixed as the hypervisor's.
    private static SnpScene Large => new(
        "large",
        world =>
        {
            Ok(world.Firmware.ShutdownEx());
            Ok(world.Firmware.InitEx(new(true, [new(Z(6).Address, 1)])));
        },
        [
            Assign(H(), A, G(), isLarge: true), Assign(H(), A, G(), isLarge: true, immutable: true), Assign(H(5), A, G(5)), Share(H(5)), Share(H(), isLarge: true), ToFirmware(H(6)),
            Smash(H()), Smash(H(6)), Assign(Z(), A, G(), isLarge: true), HostMoves.Write(H(5)), HostMoves.Write(H(6)),
            Accept(A, G(), H(), PageSize.Size2M, PageSize.Size2M), Accept(A, G(5), H(5)), Read(A, G(5), H(5), PageSize.Size2M), Read(A, G(5), H(5)),
        ]);
}
