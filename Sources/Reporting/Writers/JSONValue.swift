/// A JSON value with the order of its keys kept, and its text. Written byte by byte: an encoder would take fifteen times
/// as long for a large report.
indirect enum JSONValue {
    case null
    case bool(Bool)
    case number(Int)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    /// A string, or null.
    static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    static func strings(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map(JSONValue.string)) }

    func write(to output: inout [UInt8]) {
        switch self {
        case .null: output += Array("null".utf8)
        case .bool(let value): output += Array((value ? "true" : "false").utf8)
        case .number(let value): output += Array(String(value).utf8)
        case .string(let text): Self.write(text, to: &output)
        case .array(let values):
            output.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                value.write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let pairs):
            output.append(UInt8(ascii: "{"))
            for (index, pair) in pairs.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.write(pair.0, to: &output)
                output.append(UInt8(ascii: ":"))
                pair.1.write(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    /// Invisible and direction-changing characters are written as escapes: the same value, but one that shows.
    static func write(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var text = text
        let isPlain = text.withUTF8 { bytes in
            bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        }
        if isPlain {
            output.append(contentsOf: text.utf8)
        } else {
            for scalar in text.unicodeScalars { write(scalar, to: &output) }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func write(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
        switch scalar {
        case "\"": output += Array("\\\"".utf8)
        case "\\": output += Array("\\\\".utf8)
        case "\n": output += Array("\\n".utf8)
        case "\r": output += Array("\\r".utf8)
        case "\t": output += Array("\\t".utf8)
        default:
            guard VisibleText.hides(scalar) else {
                output.append(contentsOf: UTF8.encode(scalar)!)
                return
            }
            for unit in UTF16.encode(scalar)! {
                let digits = String(unit, radix: 16)
                output += Array("\\u".utf8) + Array(repeating: UInt8(ascii: "0"), count: 4 - digits.count) + Array(digits.utf8)
            }
        }
    }
}

/// Writes one large JSON object: a key a line, and an element a line in arrays that are too long to hold.
final class JSONStream {
    private let sink: FileSink
    private var isFirstKey = true

    init(_ sink: FileSink) throws {
        self.sink = sink
        try sink.write("{\n")
    }

    private func key(_ name: String) throws {
        var bytes = isFirstKey ? [] : Array(",\n".utf8)
        isFirstKey = false
        JSONValue.write(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
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

    /// Opens an object or an array element by hand, for structure around streamed arrays.
    func raw(_ text: String) throws {
        try sink.write(text)
        isFirstKey = true
    }

    func finish(_ closing: String = "\n}\n") throws { try sink.write(closing) }
}
