import Glibc
import OrchestratorCore

/// The Java of a JSP: declarations become members of a class, statements and expressions the body of its method, as
/// Jakarta Server Pages 3.1, section "Syntax and Semantics", has the container do it.
struct ServerPage {
    private let file: UnsafeBufferPointer<UInt8>
    private var members = EmbeddedCode(Self.java)
    private var body = EmbeddedCode(Self.java)

    private static let java = Language(rawValue: "java")
    private static let start = """
        void serve(HttpServletRequest request, HttpServletResponse response, HttpSession session, JspWriter out, \
        ServletContext application, PageContext pageContext) throws Exception {
        """

    init(_ file: UnsafeBufferPointer<UInt8>) {
        self.file = file
        var position = 0
        while let open = next(position) {
            position = open.isExpression ? expression(open.offset) : scriptlet(open.offset)
        }
    }

    /// The class; nil for a page without code.
    var code: EmbeddedCode? {
        guard !body.bytes.isEmpty || !members.bytes.isEmpty else { return nil }
        var whole = EmbeddedCode(Self.java)
        whole.add("class Page {\n", at: 0)
        whole.append(members)
        whole.add("\n\(Self.start)\n", at: 0)
        whole.append(body)
        whole.add("\n}}\n", at: file.count)
        return whole
    }

    private func next(_ position: Int) -> (offset: Int, isExpression: Bool)? {
        var index = position
        while index + 1 < file.count {
            if file[index] == UInt8(ascii: "<"), file[index + 1] == UInt8(ascii: "%") { return (index, false) }
            if file[index] == UInt8(ascii: "$"), file[index + 1] == UInt8(ascii: "{") { return (index, true) }
            index += 1
        }
        return nil
    }

    /// `<% statements %>`, `<%= expression %>`, `<%! members %>`; directives and comments hold no code.
    private mutating func scriptlet(_ open: Int) -> Int {
        let isComment = file.begins("<%--", at: open)
        guard let close = file.firstOffset(of: isComment ? "--%>" : "%>", from: open + 2) else { return file.count }
        let end = close + (isComment ? 4 : 2)
        switch open + 2 < close ? file[open + 2] : 0 {
        case _ where isComment: break
        case UInt8(ascii: "@"): break
        case UInt8(ascii: "!"):
            members.copy(open + 3..<close, of: file)
            members.add("\n", at: close)
        case UInt8(ascii: "="):
            body.add("out.print(", at: open)
            body.copy(open + 3..<close, of: file)
            body.add(");\n", at: close)
        default:
            body.copy(open + 2..<close, of: file)
            body.add("\n", at: close)
        }
        return end
    }

    /// `${param.name}` and `${param['name']}` outside the attributes of a tag that may encode them.
    private mutating func expression(_ open: Int) -> Int {
        guard let close = file.firstOffset(of: "}", from: open), close - open < 200 else { return open + 2 }
        let text = String(decoding: file[open + 2..<close], as: UTF8.self).filter { !$0.isWhitespace }
        guard text.hasPrefix("param.") || text.hasPrefix("param["), !isInCustomTag(open) else { return close + 1 }
        let name = text.dropFirst(6).prefix { $0.isLetter || $0.isNumber || "_'\"".contains($0) }
        guard name.count + 6 >= text.count - 1 else { return close + 1 }
        body.add("out.print(request.getParameter(\"\(name.filter { $0 != "'" && $0 != "\"" })\"));\n", at: open)
        return close + 1
    }

    /// Whether the place lies inside `<c:out value="...">`.
    private func isInCustomTag(_ offset: Int) -> Bool {
        var index = offset - 1
        while index >= 0, offset - index < 2000 {
            if file[index] == UInt8(ascii: ">") { return false }
            if file[index] == UInt8(ascii: "<") {
                return file[index..<offset].prefix { $0 != UInt8(ascii: " ") }.contains(UInt8(ascii: ":"))
            }
            index -= 1
        }
        return false
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// ASCII letters of the text are given in lower case and fit both cases.
    func begins(_ text: StaticString, at offset: Int) -> Bool {
        guard offset + text.utf8CodeUnitCount <= count else { return false }
        return text.withUTF8Buffer { wanted in
            wanted.indices.allSatisfy { index in
                let byte = self[offset + index]
                return byte == wanted[index] || (byte >= 0x41 && byte <= 0x5A && byte | 0x20 == wanted[index])
            }
        }
    }

    /// - Parameter text: begins with no letter.
    func firstOffset(of text: StaticString, from start: Int) -> Int? {
        guard let base = baseAddress else { return nil }
        var position = start
        while position < count, let found = memchr(base + position, Int32(text.utf8Start.pointee), count - position) {
            let offset = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if begins(text, at: offset) { return offset }
            position = offset + 1
        }
        return nil
    }
}
