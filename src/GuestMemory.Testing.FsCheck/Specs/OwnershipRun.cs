namespace GuestMemory.Testing;

/// <summary>A table and its model under the same commands.</summary>
internal sealed class OwnershipRun(Func<Machine, IOwnershipTable> create, Func<Machine, IOwnershipTable> model) : ISpecRun<OwnershipCommand>
{
    private readonly OwnershipSide _tested = new(create);
    private readonly OwnershipSide _model = new(model);

    /// <inheritdoc/>
    public string? Apply(OwnershipCommand command)
    {
        var difference = command.Call == OwnershipCall.Check ? DifferentVerdict(command) : DifferentAnswer(command);
        for (var frame = 0UL; difference is null && frame <= OwnershipCommand.Frames; frame++)
        {
            var (tested, expected) = (_tested.View(frame), _model.View(frame));
            difference = tested.Agrees(expected) ? null : $"frame {frame} is said to be: {tested}; it should be: {expected}";
        }

        return difference;
    }

    private string? DifferentAnswer(in OwnershipCommand command)
    {
        var (tested, expected) = (_tested.Apply(command), _model.Apply(command));
        return command.Call == OwnershipCall.Merge || tested.IsSuccess == expected.IsSuccess ? null : $"{command.Call} answered {tested}; it should be {expected}";
    }

    // Reading another's bytes is denied by some tables; with others the bytes are no use.
    private string? DifferentVerdict(in OwnershipCommand command)
    {
        var (tested, expected) = (_tested.Check(command), _model.Check(command));
        return tested.IsSuccess == expected.IsSuccess || (!expected.IsSuccess && command.Access != AccessKind.Write)
            ? null
            : $"the access is answered by {tested}; it should be {expected}";
    }
}
