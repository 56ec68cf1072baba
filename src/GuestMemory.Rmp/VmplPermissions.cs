namespace GuestMemory.Rmp;

/// <summary>What a privilege level may do with a page. Source: apm2, table 15-38.</summary>
[Flags]
public enum VmplPermissions : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read.</summary>
    Read = 1,

    /// <summary>Write. Without <see cref="Read"/> no data access succeeds.</summary>
    Write = 2,

    /// <summary>Fetch at CPL 3.</summary>
    ExecuteUser = 4,

    /// <summary>Fetch at CPL 0 to 2.</summary>
    ExecuteSupervisor = 8,

    /// <summary>Use as a supervisor shadow stack.</summary>
    SupervisorShadowStack = 16,

    /// <summary>Everything.</summary>
    All = Read | Write | ExecuteUser | ExecuteSupervisor | SupervisorShadowStack,
}
