using GuestMemory.Docs;

namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>Every rule of the package, by call: one line for each table.</summary>
internal static class RuleCatalogue
{
    public static IReadOnlyList<RuleGroup> Groups { get; } =
    [
        Of("RMPUPDATE", "the host gives a page away or takes it back", RmpUpdate.Checks),
        Of("PSMASH", "the host splits a live 2M page into 4K entries", Psmash.Checks),
        Of("RMPREAD", "the host reads an entry", RmpRead.Checks),
        Of("PVALIDATE", "a guest accepts a page, or takes its acceptance back", Pvalidate.Checks).And(Pvalidate.Unchanged, "0 SUCCESS, CF=1"),
        Of("RMPADJUST", "a guest's level changes what a lower one may do", RmpAdjust.Checks),
        Of("RMPQUERY", "a guest's level asks what a lower one may do", RmpQuery.Checks),
        Of("VMRUN", "the host enters a vCPU", Vmrun.Checks).And(Vmrun.SavePage, "#GP(0)"),
        Of("SNP_INIT_EX", "the host starts the firmware", InitEx.Checks),
        Of("SNP_RMP_CREATE", "the host has the table built beforehand", RmpCreate.Checks),
        Of("SNP_GCTX_CREATE", "the host makes a guest", GctxCreate.Checks),
        Of("SNP_LAUNCH_START", "the host begins a guest's launch", LaunchStart.Checks),
        Of("SNP_ACTIVATE", "the host binds a guest to an ASID", Activate.Checks),
        Of("SNP_LAUNCH_UPDATE", "the host puts a measured page into a guest", LaunchUpdate.Checks),
        Of("SNP_LAUNCH_FINISH", "the host ends a guest's launch", LaunchFinish.Checks),
        Of("SNP_GUEST_REQUEST", "a guest talks to the firmware", GuestRequest.Checks),
        Of("SNP_PAGE_RECLAIM", "the host asks for a page of the firmware's back", PageReclaim.Checks),
        Of("SNP_PAGE_SET_STATE", "the host fixes pages as its own", PageSetState.Checks),
        Of("SNP_PAGE_SET_STATE, each range", "what is asked of every range of the list", PageSetState.RangeChecks),
        Of("SNP_PAGE_MD_INIT", "the host makes a metadata page", MetadataInit.Checks),
        Of("SNP_PAGE_MOVE", "the host gives a guest's page another frame", PageMove.Checks),
        Of("SNP_PAGE_SWAP_OUT", "the host takes a guest's page out, wrapped", SwapOut.Checks),
        Of("SNP_PAGE_SWAP_IN", "the host brings a wrapped page back", SwapIn.Checks),
        Of("SNP_PAGE_UNSMASH", "the host joins 512 entries of 4K to one of 2M", PageUnsmash.Checks),
        Of("SNP_DECOMMISSION", "the host ends a guest", Decommission.Checks),
        Of("SNP_DF_FLUSH", "the host makes ended guests' ASIDs usable", DfFlush.Checks),
        Of("SNP_SHUTDOWN_EX", "the host ends the firmware", ShutdownEx.Checks),
        Of("SNP_SHUTDOWN_EX, afterwards", "what is asked after the flags acted", ShutdownEx.LateChecks),
        Of("SNP_DBG_DECRYPT", "the host reads a debugged guest's page", DebugDecrypt.Checks),
        Of("SNP_DBG_ENCRYPT", "the host writes a debugged guest's page", DebugEncrypt.Checks),
        new("Any command", "the firmware itself fails", [new RuleRow(FirmwareRules.Hardware, "13 HWERROR_PLATFORM")]),
        Of("SEV commands", "an older command writes a page", LegacyTarget.Checks),
        Of("Page state change, header", "a guest asks its host to convert pages", PscRules.Header),
        Of("Page state change, each entry", "what is asked of the entry it has come to", PscRules.Entry),
        Of("SEV ACTIVATE", "the host binds a SEV guest to an ASID", LegacyRules.Activate),
        Of("SEV DEACTIVATE", "the host takes a SEV guest's ASID", LegacyRules.Deactivate),
        Of("SEV DECOMMISSION", "the host ends a SEV guest", LegacyRules.Decommission),
        Of("SEV DF_FLUSH", "the host makes ended SEV guests' ASIDs usable", LegacyRules.DfFlush),
        Of("SEV guest's life", "steps that need a SEV guest in one state", LegacyRules.Life),
        Of("SEV pages", "what moves a SEV guest's pages", LegacyRules.Pages),
        Of("KVM_MEMORY_ENCRYPT_OP", "the VMM gives an SNP VM a command", SnpCommandChecks.Any),
        Of("KVM_SEV_INIT2", "the VMM makes a VM an SNP guest", SnpCommandChecks.Init2),
        Of("KVM_SEV_SNP_LAUNCH_START", "the VMM begins the launch", SnpCommandChecks.LaunchStart),
        Of("KVM_SEV_SNP_LAUNCH_UPDATE", "the VMM puts pages into the guest", SnpCommandChecks.LaunchUpdate),
        Of("KVM_SEV_SNP_LAUNCH_FINISH", "the VMM ends the launch", SnpCommandChecks.LaunchFinish),
        new("KVM's commands, at work", "how they fail once their arguments are judged", [.. SnpCommandRules.All.Select(rule => new RuleRow(rule, ((SnpCommandRule)rule).Errno.ToString()))]),
        new("Host", "what the host itself does not do", [.. SnpHostRules.All.Select(rule => new RuleRow(rule, "2 FAIL_PERMISSION"))]),
        new("Software's own", "what careful guests and hosts do by themselves", [.. SnpConductRules.All.Select(rule => new RuleRow(rule, "nothing: no hardware asks"))]),
        Of("Private access", "an SNP guest's data with C-bit 1, its fetches, the walks of its page tables", AccessRules.Private),
        Of("Shared write", "an SNP guest's data write with C-bit 0", AccessRules.SharedWrite),
        Of("Guest write", "a write or page-table access of a guest without SNP", AccessRules.GuestWrite),
        Of("Host write", "a write or page-table access of the host", AccessRules.HostWrite),
        Of("Device write", "a write through the IOMMU", AccessRules.DeviceWrite),
    ];

    private static RuleGroup Of<TCall, TAnswer>(string call, string meaning, RuleTable<TCall, TAnswer> table)
        where TCall : allows ref struct => RuleGroup.Of(call, meaning, table, answer => AnswerText.Of(call, answer));
}
