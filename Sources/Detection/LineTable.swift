/// Where the lines of a text begin. Lines end at LF; numbers are 1-based.
struct LineTable {
    let bytes: UnsafeBufferPointer<UInt8>
    private let starts: [Int]

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        var starts = [0]
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") { starts.append(index + 1) }
        self.starts = starts
    }

    var count: Int { starts.count }

    /// The number of the line that holds a byte offset.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// The column of an offset in characters (Unicode code points), 1-based.
    func column(at offset: Int) -> Int {
        bytes[starts[line(at: offset) - 1]..<offset].count { $0 & 0xC0 != 0x80 } + 1
    }

    /// The bytes of a line without its LF and a CR before it.
    func range(of line: Int) -> Range<Int> {
        let start = starts[line - 1]
        var end = line < starts.count ? starts[line] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<max(start, end)
    }

    func text(of line: Int) -> String { String(decoding: bytes[range(of: line)], as: UTF8.self) }
}
