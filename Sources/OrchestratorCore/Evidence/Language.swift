/// A language or file format, by the id that rules and reports use.
package struct Language: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// What a language holds decides what silence about it may mean: rules are demanded only where code can run.
    package enum Kind: String, Sendable, Codable {
        /// Statements that execute: a control is satisfied only if its weaknesses have rules here.
        case program
        /// Declares running systems: containers, clusters, pipelines.
        case infrastructure
        /// Values, mark-up and prose: searched for secrets, never a reason for "satisfied".
        case data
    }

    package var kind: Kind { Self.catalogue[self]?.kind ?? .data }

    /// The name a reader expects.
    package var title: String { Self.catalogue[self]?.title ?? rawValue }

    /// The tree-sitter grammar that parses it, as in `tree_sitter_NAME`; nil where there is none.
    package var grammar: String? { Self.catalogue[self]?.grammar }
}

extension Language {
    package static let text = Language(rawValue: "text")
    package static let unknown = Language(rawValue: "unknown")

    private typealias Entry = (title: String, kind: Kind, grammar: String?)

    /// Every language that identification can yield.
    package static var all: [Language] { catalogue.keys.sorted { $0.rawValue < $1.rawValue } }

    private static let catalogue: [Language: Entry] = {
        var table: [Language: Entry] = [:]
        func add(_ kind: Kind, _ entries: [(String, String, String?)]) {
            for (id, title, grammar) in entries { table[Language(rawValue: id)] = (title, kind, grammar) }
        }
        add(.program, programs)
        add(.infrastructure, infrastructure)
        add(.data, data)
        return table
    }()

    private static let programs: [(String, String, String?)] = [
        ("python", "Python", "python"), ("java", "Java", "java"), ("javascript", "JavaScript", "javascript"),
        ("typescript", "TypeScript", "typescript"), ("tsx", "TypeScript JSX", "tsx"), ("php", "PHP", "php"),
        ("ruby", "Ruby", "ruby"), ("go", "Go", "go"), ("c", "C", "c"), ("cpp", "C++", "cpp"),
        ("csharp", "C#", "c_sharp"), ("shell", "Shell", "bash"), ("kotlin", "Kotlin", "kotlin"),
        ("scala", "Scala", "scala"), ("rust", "Rust", "rust"), ("lua", "Lua", "lua"), ("perl", "Perl", "perl"),
        ("elixir", "Elixir", "elixir"), ("erlang", "Erlang", "erlang"), ("haskell", "Haskell", "haskell"),
        ("julia", "Julia", "julia"), ("ocaml", "OCaml", "ocaml"), ("r", "R", "r"), ("sql", "SQL", "sql"),
        ("objectivec", "Objective-C", "objc"), ("fortran", "Fortran", "fortran"), ("elm", "Elm", "elm"),
        ("commonlisp", "Common Lisp", "commonlisp"), ("emacslisp", "Emacs Lisp", "elisp"), ("swift", "Swift", nil),
        ("dart", "Dart", nil), ("groovy", "Groovy", nil), ("powershell", "PowerShell", nil), ("batch", "Batch", nil),
        ("visualbasic", "Visual Basic", nil), ("fsharp", "F#", nil), ("clojure", "Clojure", nil),
        ("cobol", "COBOL", nil), ("assembly", "Assembly", nil), ("solidity", "Solidity", nil), ("zig", "Zig", nil),
        ("pascal", "Pascal", nil), ("tcl", "Tcl", nil), ("awk", "AWK", nil), ("vue", "Vue", "html"),
        ("svelte", "Svelte", "html"), ("jsp", "JSP", nil), ("erb", "ERB", "embedded_template"),
        ("ejs", "EJS", "embedded_template"), ("aspx", "ASP.NET page", nil), ("razor", "Razor", nil),
    ]

    private static let infrastructure: [(String, String, String?)] = [
        ("dockerfile", "Dockerfile", "dockerfile"), ("terraform", "Terraform", "hcl"),
        ("kubernetes", "Kubernetes YAML", "yaml"), ("github-workflow", "GitHub workflow", "yaml"),
        ("compose", "Compose file", "yaml"), ("makefile", "Makefile", "make"), ("cmake", "CMake", nil),
        ("nginx", "nginx configuration", nil), ("bicep", "Bicep", nil), ("cloudformation", "CloudFormation", "yaml"),
    ]

    private static let data: [(String, String, String?)] = [
        ("html", "HTML", "html"), ("css", "CSS", "css"), ("json", "JSON", "json"), ("yaml", "YAML", "yaml"),
        ("toml", "TOML", "toml"), ("xml", "XML", nil), ("ini", "INI", nil), ("properties", "Java properties", nil),
        ("dotenv", "Environment file", nil), ("markdown", "Markdown", nil),
        ("restructuredtext", "reStructuredText", nil),
        ("template", "Text template", nil), ("csv", "CSV", nil), ("svg", "SVG", nil),
        ("notebook", "Jupyter notebook", nil),
        ("graphql", "GraphQL", nil), ("protobuf", "Protocol Buffers", nil), ("tex", "TeX", nil), ("diff", "Diff", nil),
        ("pem", "PEM", nil), ("text", "Text", nil), ("unknown", "Unknown", nil),
    ]
}
