/// Cuts a stream of bytes into lines, however the bytes are split on their way. CR, LF and CRLF each end a line; a
/// byte-order mark at the start is dropped.
struct StreamLines {
    private var line: [UInt8] = []
    private var lastWasCarriageReturn = false
    /// Bytes of a byte-order mark seen so far; nil once the start has been passed.
    private var markLength: Int? = 0
    private let limit: Int

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Lines of more than `limit` bytes are refused.
    init(limit: Int) { self.limit = limit }

    /// The lines that end in these bytes, without their ends.
    mutating func feed(_ bytes: some Sequence<UInt8>) throws(StreamFormatError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            if let length = markLength {
                if byte == Self.mark[length] {
                    markLength = length == 2 ? nil : length + 1
                    continue
                }
                line.append(contentsOf: Self.mark.prefix(length))
                markLength = nil
            }
            switch byte {
            case 0x0A where lastWasCarriageReturn: lastWasCarriageReturn = false
            case 0x0A, 0x0D:
                lines.append(line)
                line.removeAll(keepingCapacity: true)
                lastWasCarriageReturn = byte == 0x0D
            default:
                lastWasCarriageReturn = false
                guard line.count < limit else { throw StreamFormatError(lineLimit: limit) }
                line.append(byte)
            }
        }
        return lines
    }

    /// What stands after the last line end; nil where nothing does.
    mutating func finish() -> [UInt8]? {
        if let length = markLength { line.append(contentsOf: Self.mark.prefix(length)) }
        markLength = nil
        defer { line = [] }
        return line.isEmpty ? nil : line
    }
}

/// A stream whose lines or events are longer than anybody should send.
package struct StreamFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    package let lineLimit: Int

    package var description: String { "a line or event of the stream exceeds \(lineLimit) bytes" }
}
