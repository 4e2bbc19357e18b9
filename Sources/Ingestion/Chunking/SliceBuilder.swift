import OrchestratorCore
import SyntaxTree

/// Collects the lines of a slice.
struct SliceBuilder {
    let lines: SliceLines
    /// Nil where the file cannot be parsed: then lines around the places are all there is.
    let tree: FlatTree?
    private(set) var shown: Set<Int> = []
    /// The declarations that places stand in.
    private var containers: Set<Int> = []

    /// Lines of a function that is shown whole, and lines around a place in a longer one or in none.
    private static let longestFunction = 60
    private static let window = 8
    /// Lines of an import, a field or a global that is shown.
    private static let longestStatement = 4

    init(lines: SliceLines, tree: FlatTree?) {
        self.lines = lines
        self.tree = tree
    }

    mutating func show(around place: Int) {
        guard let tree, let start = lines.text(of: place) else { return showWindow(place) }
        let node = tree.innermost(at: start)
        let ancestors = [node] + Array(tree.ancestors(node))
        let functions = ancestors.filter(tree.isFunction)
        // The largest that is not too long: a callback alone says little.
        if let whole = functions.last(where: { length(of: $0, tree) <= Self.longestFunction }) {
            show(extent(of: whole, tree))
        } else {
            showWindow(place, within: functions.first.map { extent(of: $0, tree) })
        }
        for function in functions { showHead(of: function, tree) }
        for name in tree.enclosingNames(node) { shown.insert(lines.line(at: name.lowerBound)) }
        containers.formUnion(ancestors)
    }

    private mutating func show(_ range: ClosedRange<Int>) { shown.formUnion(range) }

    private mutating func showWindow(_ place: Int, within bounds: ClosedRange<Int>? = nil) {
        let window = max(1, place - Self.window)...min(lines.count, place + Self.window)
        show(bounds.map { window.clamped(to: $0) } ?? window)
    }

    /// From the first line to the one where the body begins.
    private mutating func showHead(of function: Int, _ tree: FlatTree) {
        let first = extent(of: function, tree).lowerBound
        let body = tree.child(function, field: tree.grammar.field("body"))
        let last = body.map { lines.line(at: tree.bytes($0).lowerBound) } ?? first
        show(first...min(max(first, last), first + Self.window))
    }

    /// The lines of a node, with what decorates it.
    private func extent(of node: Int, _ tree: FlatTree) -> ClosedRange<Int> {
        let parent = tree.parent(node)
        let whole = parent.flatMap { tree.kindName($0) == "decorated_definition" ? $0 : nil } ?? node
        return span(whole, tree)
    }

    private func span(_ node: Int, _ tree: FlatTree) -> ClosedRange<Int> {
        let bytes = tree.bytes(node)
        let first = lines.line(at: bytes.lowerBound)
        return first...max(first, lines.line(at: max(bytes.lowerBound, bytes.upperBound - 1)))
    }

    private func length(of node: Int, _ tree: FlatTree) -> Int { extent(of: node, tree).count }

    // MARK: What is named

    /// Imports, fields and globals whose names occur in what is shown so far.
    mutating func showWhatIsNamed() {
        guard let tree, tree.count > 0, !shown.isEmpty else { return }
        let used = words(of: shown)
        for container in (containers.union([0])).sorted() where !tree.isFunction(container) {
            for child in tree.namedChildren(container) {
                let range = span(child, tree)
                guard range.count <= Self.longestStatement, !tree.isFunction(child), !shown.contains(range.lowerBound),
                    isDeclaration(tree.kindName(child)), !used.isDisjoint(with: declared(in: range))
                else { continue }
                show(range)
            }
        }
    }

    /// By the words that grammars use for statements that bring a name in.
    private func isDeclaration(_ kind: String) -> Bool {
        [
            "import", "include", "use", "using", "field", "property", "declaration", "assignment",
            "expression_statement", "const",
        ]
        .contains { kind.contains($0) }
    }

    /// The words that a statement declares: in an import all, else those before the value.
    private func declared(in range: ClosedRange<Int>) -> Set<String> {
        let text = range.map(text(of:)).joined(separator: " ")
        let head = text.firstIndex(of: "=").map { String(text[..<$0]) } ?? text
        return Self.words(in: head).subtracting(Self.common)
    }

    private func words(of lines: Set<Int>) -> Set<String> {
        lines.reduce(into: []) { $0.formUnion(Self.words(in: text(of: $1))) }
    }

    private func text(of line: Int) -> String {
        String(decoding: lines.bytes[lines.range(of: line)].prefix(2000), as: UTF8.self)
    }

    private static func words(in text: String) -> Set<String> {
        Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
    }

    private static let common: Set<String> = [
        "import", "from", "as", "static", "private", "public", "protected", "internal", "final", "const", "let", "var",
        "readonly", "use", "using", "include", "require", "String", "string", "int", "Integer", "long", "boolean",
        "bool",
        "void", "new", "org", "com", "java", "javax", "util", "io", "get", "set", "return", "if", "else", "class",
        "self",
        "this", "type", "export", "default", "function", "def", "in", "is", "not", "and", "or", "0", "1",
    ]
}
