using System.Globalization;
using System.Text.Json;

namespace GuestMemory.Kvm;

/// <summary>What a recording's <c>meta</c> says of the machine it was made on: which kernel, and how the host was built.</summary>
/// <param name="Profile">The kernel's ways.</param>
/// <param name="Host">The host's make.</param>
internal sealed record RecordedHost(KernelProfile Profile, HostConfiguration Host)
{
    private const string MemoryAttributes = "233";
    private const string VmTypes = "235";
    private const string PreFaultMemory = "236";

    /// <summary>Reads a <c>meta</c> object.</summary>
    /// <exception cref="FormatException">A member is missing, or the kernel is none a profile is of.</exception>
    public static RecordedHost Read(ReadOnlySpan<byte> meta)
    {
        using var document = JsonDocument.Parse(meta.ToArray());
        var root = document.RootElement;
        var kernel = Text(root, "kernel");
        var capabilities = Member(root, "system_caps");

        // Not among the capabilities, but known of the PVM backend (recordings' README): its guests are emulated, it has no
        // system management mode, 52 address bits, and its kernel merges like pages.
        var isPvm = Text(root, "env").EndsWith("-pvm", StringComparison.Ordinal);
        var host = new HostConfiguration
        {
            MemoryAttributes = Number(capabilities, MemoryAttributes) != 0,
            VmTypes = Number(capabilities, VmTypes),
            TwoDimensionalPaging = Number(capabilities, PreFaultMemory) != 0,
            SystemManagementMode = !isPvm,
            SamePageMerging = isPvm,
            GpaWidth = isPvm ? 52 : 40,
            OtherCapabilities = All(capabilities),
            GuestAccessPath = isPvm ? GuestAccessPath.UserspaceAddress : GuestAccessPath.Translations,
        };
        return new(KernelProfile.ForRelease(kernel), host);
    }

    private static Dictionary<int, ulong> All(JsonElement capabilities)
    {
        var all = new Dictionary<int, ulong>();
        foreach (var capability in capabilities.EnumerateObject())
        {
            if (int.TryParse(capability.Name, CultureInfo.InvariantCulture, out var number))
            {
                all.Add(number, Number(capabilities, capability.Name));
            }
        }

        return all;
    }

    private static JsonElement Member(JsonElement parent, string name) => parent.TryGetProperty(name, out var member)
        ? member
        : throw new FormatException($"meta has no \"{name}\"");

    private static string Text(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } member
        ? member.GetString()!
        : throw new FormatException($"meta's \"{name}\" is no text");

    private static ulong Number(JsonElement parent, string name) => Member(parent, name).TryGetUInt64(out var value)
        ? value
        : throw new FormatException($"meta's capability {name} is no number");
}
