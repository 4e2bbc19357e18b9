/// The header of a file in a tar archive (POSIX ustar). There is exactly one for each name, size and time, so that a
/// reader can tell any other byte.
struct TarHeader: Equatable {
    /// At most 100 characters of `a-z A-Z 0-9 . _ - /`.
    let name: String
    let byteCount: Int
    /// Seconds since 1970 of every file's time of change.
    let seconds: Int64

    /// Headers stand at multiples of this, contents are filled up to it with zeros.
    static let blockSize = 512
    /// Two blocks of zeros end an archive.
    static let closingSize = 2 * blockSize

    /// Zeros after a content of some bytes.
    static func padding(after byteCount: Int) -> Int { (blockSize - byteCount % blockSize) % blockSize }

    /// True for a name that is plain everywhere: no blanks, no links upwards, relative.
    static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100
            && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && part != "." && part != ".."
                    && part.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                            UInt8(ascii: "-"):
                            true
                        default: false
                        }
                    }
            }
    }

    /// The 512 bytes: mode 0644, owner and group 0 without names.
    var bytes: [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        func put(_ text: String, at offset: Int) {
            block.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put("0000644\0", at: 100)
        put("0000000\0", at: 108)
        put("0000000\0", at: 116)
        put(Self.octal(Int64(byteCount)), at: 124)
        put(Self.octal(max(0, seconds)), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\0", at: 257)
        put("00", at: 263)
        let sum = block.reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        put(String(repeating: "0", count: 6 - digits.count) + digits + "\0 ", at: 148)
        return block
    }

    /// Eleven octal digits and a zero byte.
    private static func octal(_ value: Int64) -> String {
        let digits = String(value, radix: 8)
        return String(repeating: "0", count: max(0, 11 - digits.count)) + digits + "\0"
    }

    init(name: String, byteCount: Int, seconds: Int64) {
        self.name = name
        self.byteCount = byteCount
        self.seconds = seconds
    }

    /// Reads a header; nil where it is not, byte for byte, the one that `bytes` gives.
    init?(_ block: [UInt8]) {
        guard block.count == Self.blockSize, let end = block[..<100].firstIndex(of: 0),
            let byteCount = Int(String(decoding: block[124..<135], as: UTF8.self), radix: 8), byteCount >= 0,
            let seconds = Int64(String(decoding: block[136..<147], as: UTF8.self), radix: 8), seconds >= 0
        else { return nil }
        self.init(name: String(decoding: block[..<end], as: UTF8.self), byteCount: byteCount, seconds: seconds)
        guard Self.isPlain(name), bytes == block else { return nil }
    }
}
