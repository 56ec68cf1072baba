// Runs on the packed packages alone: the fingerprint needs System.IO.Hashing, which only a correct package brings along.
// .ci/run compares the output with expected.txt.

using System.IO.Hashing;

Console.WriteLine($"{typeof(XxHash128)} {XxHash128.HashToUInt128([1, 2, 3]):x32}");
