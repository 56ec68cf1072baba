namespace GuestMemory.Rmp.Tests.Host;

/// <summary>What a VMM, its guests and other parts of the kernel do in a random sequence.</summary>
internal enum HostCall
{
    Load,
    Store,
    Validate,
    Adjust,
    Query,
    AskPageStates,
    AnswerPageStates,
    Convert,
    Punch,
    Allocate,
    HostStore,
    HostLoad,
    Discard,
    Break,
    PoisonPrivate,
    DeleteSlot,
    CreateSlot,
    PreFault,
    Command,
    Launch,
    CloseFile,
    CloseVm,
    Recreate,
    BeginChange,
    EndChange,
    Smash,
}
