import CLinux

/// Plain substring search over bytes.
enum ByteSearch {
    /// The offset of the first occurrence.
    static func find(_ needle: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let start = text.baseAddress, !needle.isEmpty else { return nil }
        return secorch_find(start, text.count, needle, needle.count).map { UnsafeRawPointer(start).distance(to: $0) }
    }

    /// How often a byte occurs.
    static func count(_ byte: UInt8, in text: UnsafeBufferPointer<UInt8>) -> Int {
        guard let start = text.baseAddress else { return 0 }
        return secorch_count(start, text.count, byte)
    }

    static func contains(_ text: UnsafeBufferPointer<UInt8>, _ needle: [UInt8]) -> Bool {
        find(needle, in: text) != nil
    }
}
