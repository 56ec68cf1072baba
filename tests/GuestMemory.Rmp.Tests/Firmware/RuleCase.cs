namespace GuestMemory.Rmp.Tests.Firmware;

/// <summary>A rule, the number it answers, and a world and command it decides.</summary>
internal sealed record RuleCase(string Rule, SevStatus Status, Func<RuleSwitches, FirmwareWorld> World, Func<FirmwareWorld, FirmwareResult> Command);
