using System.Numerics;

namespace GuestMemory.Testing;

/// <content>Every step of one state, and the states they lead to.</content>
internal sealed partial class SearchWorker
{
    private void Expand(uint id, ChunkResult result)
    {
        _steps.Clear();
        System.FindSteps(_steps);
        _schedule?.Consider(_steps);
        foreach (var step in _steps)
        {
            var cost = _schedule?.CostOf(step) ?? 0;
            if (_schedule is not null && !_schedule.Allows(cost))
            {
                continue;
            }

            if (!TryMake(id, step, cost, result))
            {
                _knowsHeld = false;
                return;
            }
        }
    }

    // False when something is broken.
    private bool TryMake(uint id, uint step, int cost, ChunkResult result)
    {
        try
        {
            var isAlone = _keepsRetries && IsAlone(step);
            var touched = Apply(step, cost, out var verdict);
            return TryFollow(id, step, touched == 0 ? 0 : Changed(touched), isAlone && verdict == StepVerdict.Retry, result);
        }
        catch (ModelInvariantException)
        {
            _counts += new SearchCounts(1, 0, 0);
            result.Broken = new(id, step);
            return false;
        }
        catch (OutsideModelException)
        {
            _counts += new SearchCounts(0, 0, 1);
            Restore(_all);
            return true;
        }
    }

    private ulong Apply(uint step, int cost, out StepVerdict verdict)
    {
        var answer = System.Apply(step);
        verdict = answer.Verdict;
        _counts += answer.Verdict == StepVerdict.Refused ? new SearchCounts(0, 1, 0) : new SearchCounts(1, 0, 0);

        // A rule may also be why a step has to be tried again.
        if (answer.Outcome.DecidedBy is { } rule && (!RulesSeen.TryGetValue(rule, out var first) || first > _chunk))
        {
            RulesSeen[rule] = _chunk;
        }

        var touched = answer.Touched & _all;
        if (_schedule is null || (touched == 0 && answer.Verdict == StepVerdict.Refused))
        {
            return touched;
        }

        _schedule.Made(step, cost);
        return touched | _schedule.OwnPart;
    }

    private ulong Changed(ulong touched)
    {
        _after.Write(_parts, touched);
        var changed = touched;
        for (var left = touched; left != 0; left &= left - 1)
        {
            var part = BitOperations.TrailingZeroCount(left);
            if (_after.Hashes[part] == _before.Hashes[part])
            {
                changed &= ~(1UL << part);
            }
        }

        return changed;
    }

    // Whether nobody else is in the middle of something.
    private bool IsAlone(uint step)
    {
        if (System is IScheduledSystem scheduled)
        {
            for (var actor = 0; actor < scheduled.Actors.Count; actor++)
            {
                if (actor != scheduled.ActorOf(step) && scheduled.IsMidway(actor))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool TryFollow(uint id, uint step, ulong changed, bool isRetry, ChunkResult result)
    {
        if (changed == 0)
        {
            if (isRetry)
            {
                result.Retries.Add(new(id, step, StateParts.Fingerprint(_before.Hashes)));
            }

            return true;
        }

        var fingerprint = _order?.Fingerprint() ?? FingerprintWith(changed);
        if (isRetry)
        {
            result.Retries.Add(new(id, step, fingerprint));
        }

        if (!_visited.Contains(fingerprint))
        {
            if (FirstBroken() is not null)
            {
                result.Broken = new(id, step);
                return false;
            }

            LookAtSometimes();
            if (_isLast)
            {
                result.Add(fingerprint, id, step);
            }
            else
            {
                result.Add(fingerprint, id, step, _after, changed, _before);
            }
        }

        Restore(changed);
        return true;
    }

    // The hashes of the state before, some exchanged for those after, and back.
    private UInt128 FingerprintWith(ulong changed)
    {
        for (var left = changed; left != 0; left &= left - 1)
        {
            var part = BitOperations.TrailingZeroCount(left);
            _mixed[part] = _after.Hashes[part];
        }

        var fingerprint = StateParts.Fingerprint(_mixed);
        for (var left = changed; left != 0; left &= left - 1)
        {
            var part = BitOperations.TrailingZeroCount(left);
            _mixed[part] = _before.Hashes[part];
        }

        return fingerprint;
    }

    private void LookAtSometimes()
    {
        for (var at = 0; at < _properties.Length; at++)
        {
            if (_properties[at].Kind == PropertyKind.Sometimes && (!Shown.TryGetValue(at, out var first) || first > _chunk) && _properties[at].Holds())
            {
                Shown[at] = _chunk;
            }
        }
    }
}
