using System.Reflection;

namespace GuestMemory.Mutation;

/// <summary>The switch that Stryker puts into the assembly it mutates.</summary>
internal sealed class MutantSwitch
{
    private readonly FieldInfo _active;
    private readonly FieldInfo _capture;
    private readonly MethodInfo _data;

    public MutantSwitch(Assembly mutated)
    {
        var control = mutated.GetTypes().SingleOrDefault(type => type.Name == "MutantControl")
            ?? throw new InvalidOperationException($"{mutated.Location} has no mutants.");
        _active = control.GetField("ActiveMutant") ?? throw new MissingFieldException(control.FullName, "ActiveMutant");
        _capture = control.GetField("CaptureCoverage") ?? throw new MissingFieldException(control.FullName, "CaptureCoverage");
        _data = control.GetMethod("GetCoverageData") ?? throw new MissingMethodException(control.FullName, "GetCoverageData");
    }

    /// <summary>Makes one mutant the program; -1 for none.</summary>
    public void Activate(int mutant) => _active.SetValue(null, mutant);

    public void Capture(bool isOn) => _capture.SetValue(null, isOn);

    /// <summary>Mutants reached since the last call.</summary>
    public IEnumerable<int> Covered()
    {
        var data = (IList<int>[])_data.Invoke(null, [])!;
        return data[0];
    }
}
