using System.Text.Json;

namespace GuestMemory.Tdx;

/// <summary>Which version of the module a recording's <c>meta</c> names.</summary>
internal static class RecordedVersion
{
    /// <summary>What the environments of such recordings begin with; the version follows.</summary>
    public static ReadOnlySpan<byte> Environment => "tdx-module"u8;

    /// <summary>Reads a <c>meta</c> object.</summary>
    /// <exception cref="FormatException">It names no environment, or a version of which nothing was recorded.</exception>
    public static TdxModuleVersion Read(ReadOnlySpan<byte> meta)
    {
        using var document = JsonDocument.Parse(meta.ToArray());
        var environment = document.RootElement.TryGetProperty("env", out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()!
            : throw new FormatException("meta's \"env\" is no text");
        var version = TdxModuleVersion.V1Dot5Dot01;
        return environment == $"tdx-module-{version.Name}" ? version : throw new FormatException($"nothing is known of the module \"{environment}\"; \"tdx-module-{version.Name}\" was recorded");
    }
}
