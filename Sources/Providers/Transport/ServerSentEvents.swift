/// Decodes a stream of server-sent events, however its bytes are split on their way.
package struct ServerSentEvents: Sendable {
    package struct Event: Hashable, Sendable {
        /// The event's type; `message` where none is given.
        package let name: String
        /// The data lines, joined by LF.
        package let data: [UInt8]
    }

    private var lines: StreamLines
    private var name = ""
    private var data: [UInt8]?
    private let limit: Int

    /// Lines and events of more than `limit` bytes are refused.
    package init(limit: Int = 4 << 20) {
        self.limit = limit
        lines = StreamLines(limit: limit)
    }

    /// The events that end in these bytes.
    package mutating func feed(_ bytes: some Sequence<UInt8>) throws(StreamFormatError) -> [Event] {
        var events: [Event] = []
        for line in try lines.feed(bytes) {
            if line.isEmpty {
                if let event = take() { events.append(event) }
            } else {
                try read(line)
            }
        }
        return events
    }

    /// The event that stands at the end without the empty line that should close it; servers do leave it out.
    package mutating func finish() throws(StreamFormatError) -> Event? {
        if let line = lines.finish() { try read(line) }
        return take()
    }

    private mutating func take() -> Event? {
        defer {
            name = ""
            data = nil
        }
        return data.map { Event(name: name.isEmpty ? "message" : name, data: $0) }
    }

    private mutating func read(_ line: [UInt8]) throws(StreamFormatError) {
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.count
        var value = line[min(colon + 1, line.count)...]
        if value.first == 0x20 { value.removeFirst() }
        // A line that begins with a colon is a comment, and its field name is empty.
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            if data != nil { data?.append(0x0A) }
            data = (data ?? []) + value
            guard (data?.count ?? 0) <= limit else { throw StreamFormatError(lineLimit: limit) }
        default: break
        }
    }
}

/// Decodes a stream of one JSON text a line, however its bytes are split on their way. Empty lines are skipped.
package struct NDJSON: Sendable {
    private var lines: StreamLines

    /// Lines of more than `limit` bytes are refused.
    package init(limit: Int = 4 << 20) { lines = StreamLines(limit: limit) }

    package mutating func feed(_ bytes: some Sequence<UInt8>) throws(StreamFormatError) -> [[UInt8]] {
        try lines.feed(bytes).filter { !$0.isEmpty }
    }

    /// The last line, where it has no line end.
    package mutating func finish() -> [UInt8]? { lines.finish() }
}
