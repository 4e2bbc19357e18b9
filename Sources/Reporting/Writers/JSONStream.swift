import OrchestratorCore

/// Writes one large JSON object: a key a line, and an element a line in arrays that are too long to hold.
final class JSONStream {
    private let sink: FileSink
    private var isFirstKey = true
    private var closings: [String] = []

    init(_ sink: FileSink) throws {
        self.sink = sink
        try sink.write("{\n")
    }

    /// Parts it from what stands before; in an array, nothing more.
    private func key(_ name: String?) throws {
        var bytes = isFirstKey ? [] : Array(",\n".utf8)
        isFirstKey = false
        if let name {
            JSONValue.write(name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
        }
        try sink.write(bytes)
    }

    func value(_ name: String, _ value: JSONValue) throws {
        try key(name)
        var bytes: [UInt8] = []
        value.write(to: &bytes)
        try sink.write(bytes)
    }

    /// An array whose elements `body` hands over one by one.
    func array(_ name: String, _ body: ((JSONValue) throws -> Void) throws -> Void) throws {
        try key(name)
        try sink.write("[")
        var isFirst = true
        try body { element in
            var bytes = Array((isFirst ? "\n" : ",\n").utf8)
            isFirst = false
            element.write(to: &bytes)
            try self.sink.write(bytes)
        }
        try sink.write("\n]")
    }

    /// Opens an object, under a key or as an element of an array, that is too long to hold. Ends with `close`.
    func openObject(_ name: String? = nil) throws {
        try key(name)
        try raw("{\n")
        closings.append("\n}")
    }

    /// Opens an array under a key. Ends with `close`.
    func openArray(_ name: String) throws {
        try key(name)
        try raw("[\n")
        closings.append("\n]")
    }

    /// Closes what was opened last.
    func close() throws {
        try sink.write(closings.removeLast())
        isFirstKey = false
    }

    /// An element of the array opened last.
    func element(_ value: JSONValue) throws {
        try key(nil)
        var bytes: [UInt8] = []
        value.write(to: &bytes)
        try sink.write(bytes)
    }

    /// Opens an object or an array element by hand, for structure around streamed arrays.
    func raw(_ text: String) throws {
        try sink.write(text)
        isFirstKey = true
    }

    func finish(_ closing: String = "\n}\n") throws { try sink.write(closing) }
}
