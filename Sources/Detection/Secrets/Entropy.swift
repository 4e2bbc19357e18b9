import Glibc

/// How surprising the characters of a string are.
enum Entropy {
    /// Shannon entropy in hundredths of a bit per byte: 0 for `aaaa`, about 400 for random hexadecimal digits, about
    /// 600 for long random base64.
    static func hundredths(_ bytes: some Collection<UInt8>) -> Int {
        guard !bytes.isEmpty else { return 0 }
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte)] += 1 }
        let total = Double(bytes.count)
        let bits = counts.filter { $0 > 0 }.reduce(0.0) { sum, count in
            let share = Double(count) / total
            return sum - share * log2(share)
        }
        return Int((bits * 100).rounded())
    }
}

extension SecretCheck {
    func accepts(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count >= minimumLength, Entropy.hundredths(bytes) >= minimumEntropy,
            checksum?.holds(for: bytes) != false
        else { return false }
        // Nobody computes a checksum for a stand-in.
        return checksum?.isProof == true || !Placeholder.isLikely(String(decoding: bytes, as: UTF8.self))
    }
}
