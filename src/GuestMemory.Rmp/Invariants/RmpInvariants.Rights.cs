namespace GuestMemory.Rmp;

/// <content>The privilege levels' rights.</content>
public static partial class RmpInvariants
{
    private static void CheckRights(RmpStep step)
    {
        CheckUse(step);
        foreach (var change in step.Changes)
        {
            for (var level = 0; level < Vmpl.Count && !step.IsFirmware; level++)
            {
                CheckGrant(step, change, new(level));
            }
        }
    }

    // Rights grow by RMPADJUST alone; RMPUPDATE gives the first level everything and the others nothing.
    private static void CheckGrant(RmpStep step, in RmpChange change, Vmpl level)
    {
        var (old, now) = (change.Old.Entry.PermissionsOf(level), change.New.Entry.PermissionsOf(level));
        var isGrant = step.Operation.Kind == SnpOperationKind.RmpAdjust;
        var granter = step.Operation.Cpu.Vmpl;
        var most = isGrant ? change.Old.Entry.PermissionsOf(granter) : old;
        if (isGrant && now != old && level.Value <= granter.Value)
        {
            step.Report($"{granter} changed the rights of {level}: {change}");
        }

        if ((now & ~most) != 0 && (isGrant ? now != old : level.Value > 0))
        {
            step.Report($"{level} has {now} of {most} after {step.Operation.Kind}: {change}");
        }
    }

    private static void CheckUse(RmpStep step)
    {
        if (!step.IsPrivateAccess)
        {
            return;
        }

        var access = step.Operation.Access;
        var mask = RmpPage.Of(step.Table, access.Frame).Entry.PermissionsOf(access.Vmpl);
        if ((mask & Needed(access)) != Needed(access))
        {
            step.Report($"{access} went through for {access.Vmpl}, which has {mask}");
        }
    }

    private static VmplPermissions Needed(in RmpAccess access) => access switch
    {
        { Kind: AccessKind.Execute, Part: RmpAccessPart.Data } => access.IsSupervisor ? VmplPermissions.ExecuteSupervisor : VmplPermissions.ExecuteUser,
        { IsWrite: true } => VmplPermissions.Read | VmplPermissions.Write,
        _ => VmplPermissions.Read,
    };
}
