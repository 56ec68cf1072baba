namespace GuestMemory.Testing;

/// <summary>What a table says of one frame, machine apart.</summary>
/// <param name="Owner">Kind of owner.</param>
/// <param name="Guest">The owner, counted from 1; 0 for none.</param>
/// <param name="Gfn">The owner's guest frame, from 0.</param>
/// <param name="IsLent">Whether somebody besides the owner may use it.</param>
/// <param name="Borrower">Who, counted from 1; 0 for none.</param>
internal readonly record struct OwnershipView(OwnerKind Owner, int Guest, ulong Gfn, bool IsLent, int Borrower)
{
    /// <summary>Whether a table that says this agrees with a model; a table need not count borrowers.</summary>
    /// <param name="model">What the model says.</param>
    public bool Agrees(in OwnershipView model) => this == model || (!IsLent && model.IsLent && this == model with { IsLent = false, Borrower = 0 });

    /// <summary>Owner and borrower in words.</summary>
    public override string ToString() =>
        $"{(Owner == OwnerKind.Guest ? $"guest {Guest} at gfn {Gfn}" : Owner.ToString())}{(IsLent ? $", lent to guest {Borrower}" : "")}";
}
