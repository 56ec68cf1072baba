namespace GuestMemory.Rmp;

/// <summary>What the host does with a guest's page that the table will not give back when its file frees it.</summary>
public enum ReclaimFailure
{
    /// <summary>What Linux does: it warns and goes on, and the frame returns to the pool still assigned. Pages of the launch and of the firmware are leaked under this choice too.</summary>
    Linux,

    /// <summary>The frame is leaked: nobody gets it again.</summary>
    Leak,
}
