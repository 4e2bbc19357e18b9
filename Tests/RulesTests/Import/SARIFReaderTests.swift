import OrchestratorCore
import Rules
import Testing

/// SARIF as other scanners write it.
@Suite struct SARIFReaderTests {
    static let root = "/home/me/shop"

    /// Every result of a document, or why it is refused.
    static func results(_ text: String) throws -> [Result<SARIFResult, ImportRefusal>] {
        let reader = SARIFReader(name: "x.sarif") {
            var rest = Array(text.utf8)[...]
            return {
                defer { rest = rest.dropFirst(100) }
                return Array(rest.prefix(100))
            }
        }
        let outline = try reader.outline()
        let paths = ArtifactPath(root: root)
        var results: [Result<SARIFResult, ImportRefusal>] = []
        try reader.forEachResult { run, _, json in
            guard let json else { return results.append(.failure(.tooLarge)) }
            results.append(
                Result { () throws(ImportRefusal) in
                    try SARIFResult(json, in: outline.runs[run], rules: outline.rules, paths: paths)
                })
        }
        return results
    }

    /// A document with one run of one tool.
    static func document(
        _ results: [String], rules: String = "[]", run: String = "", name: String = "Lint"
    ) -> String {
        """
        {"version": "2.1.0", "runs": [{"results": [\(results.joined(separator: ",\n"))], \(run.isEmpty ? "" : run + ",")
          "tool": {"driver": {"name": "\(name)", "version": "3", "rules": \(rules)}}}]}
        """
    }

    private static func result(uri: String, base: String? = nil, more: String = "") -> String {
        let base = base.map { ", \"uriBaseId\": \"\($0)\"" } ?? ""
        return """
            {"ruleId": "r/1", "message": {"text": "m"}, "locations": [{"physicalLocation": {"artifactLocation": \
            {"uri": "\(uri)"\(base)}, "region": {"startLine": 1}}}]\(more.isEmpty ? "" : ", " + more)}
            """
    }

    private func path(_ uri: String, base: String? = nil, bases: String = "{}") throws -> Result<String, ImportRefusal>
    {
        let text = Self.document([Self.result(uri: uri, base: base)], run: "\"originalUriBaseIds\": \(bases)")
        return try Self.results(text)[0].map(\.path.text)
    }

    @Test(arguments: [
        ("src/a.py", "src/a.py"), ("./src//a.py", "src/a.py"), ("src/../b/a.py", "b/a.py"),
        ("src\\\\win\\\\a.cs", "src/win/a.cs"), ("a%20b%C3%A4.py", "a bä.py"), ("100%.py", "100%.py"),
        ("file:///home/me/shop/src/a.py", "src/a.py"), ("file:/home/me/shop/a.py", "a.py"),
        ("FILE://localhost/home/me/shop/a.py", "a.py"), ("/home/me/shop/a.py", "a.py"), ("a#b?.py", "a#b?.py"),
    ])
    func pathsAreReadInEveryWayToolsWriteThem(uri: String, expected: String) throws {
        #expect(try path(uri) == .success(expected))
    }

    @Test(arguments: [
        "../etc/passwd", "src/../../x", "%2e%2e/x", "..%2fx", "/etc/passwd", "file:///etc/passwd",
        "file://host/home/me/shop/a.py", "https://example.org/a.py", "/home/me/shop-other/a.py", "a%00b",
        "file:///home/me/shop/../../x", "..\\\\x", "/home/me/shop/%2e%2e/x",
    ])
    func whatLeadsOutsideTheTargetIsRefused(uri: String) throws {
        #expect(try path(uri) == .failure(.outsideTarget))
    }

    @Test func basesArePlacesInTheTargetOrWhereTheToolFoundTheSameTree() throws {
        let bases = """
            {"ROOT": {"uri": "file:///build/agent/7/shop/"}, "SRC": {"uri": "src/", "uriBaseId": "ROOT"},
             "MINE": {"uri": "file:///home/me/shop/lib"}, "LOOP": {"uri": "x/", "uriBaseId": "LOOP"}}
            """
        #expect(try path("a.py", base: "ROOT", bases: bases) == .success("a.py"))
        #expect(try path("a.py", base: "MINE", bases: bases) == .success("lib/a.py"))
        #expect(try path("../a.py", base: "MINE", bases: bases) == .success("a.py"))
        #expect(try path("../../a.py", base: "MINE", bases: bases) == .failure(.outsideTarget))
        #expect(try path("a.py", base: "%SRCROOT%", bases: bases) == .success("a.py"))
        #expect(try path("a.py", base: "LOOP", bases: bases) == .success("a.py"))
    }

    @Test(arguments: [
        (#"{"taxa": [{"id": "89", "toolComponent": {"name": "CWE"}}]}"#, 89),
        (#"{"taxa": [{"id": "CWE-89"}]}"#, 89), (#"{"properties": {"cwe": ["CWE-089: SQL"]}}"#, 89),
        (#"{"properties": {"cwe": 89}}"#, 89), (#"{"properties": {"tags": ["security", "external/cwe/cwe-089"]}}"#, 89),
        (#"{"relationships": [{"target": {"id": "89", "toolComponent": {"name": "CWE"}}}]}"#, 89),
        (#"{"properties": {"tags": ["CWE-89: SQL Injection"]}}"#, 89), (#"{"properties": {"tags": ["89"]}}"#, 0),
        (#"{"properties": {"cwe": "CWE-99999999999999"}}"#, 0), (#"{"taxa": [{"id": "A03"}]}"#, 0),
    ])
    func weaknessesAreFoundWhereverToolsNameThem(rule: String, expected: Int) throws {
        let rules = "[{\"id\": \"r\", " + rule.dropFirst() + "]"
        let outline = try Self.outline(Self.document([], rules: rules))
        #expect(outline.rules[0].weaknesses == (expected == 0 ? [] : [expected]))
    }

    static func outline(_ text: String) throws -> SARIFOutline {
        try SARIFReader(name: "x.sarif") {
            var rest = Array(text.utf8)
            return {
                defer { rest = [] }
                return rest
            }
        }.outline()
    }

    @Test func aRuleIsFoundThoughItStandsBehindTheResultsAndIsNamedByAPartOfTheId() throws {
        let rules = #"[{"id": "other"}, {"id": "r", "properties": {"security-severity": "9.1"}}]"#
        let text = Self.document([Self.result(uri: "a.py")], rules: rules)
        let result = try Self.results(text)[0].get()
        let outline = try Self.outline(text)
        #expect(result.rule == 1 && outline.rules[1].severity == .critical && outline.rules[1].id == "lint/r")
        #expect(outline.rules[1].attribution == Attribution(tool: "Lint 3", rule: "r"))
    }

    @Test(arguments: [
        (#""kind": "pass""#, ImportRefusal.notAFailure), (#""baselineState": "absent""#, .goneInBaseline),
    ])
    func whatIsNoFailureIsNoFinding(more: String, refusal: ImportRefusal) throws {
        let results = try Self.results(Self.document([Self.result(uri: "a.py", more: more)]))
        #expect(results[0].map(\.ruleID) == .failure(refusal))
    }

    @Test(arguments: [
        ("{}", ImportRefusal.noPlace), ("[]", .malformed), (#"{"locations": []}"#, .noPlace),
        (
            #"{"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a"}, "region": {"startLine": 1e99}}}]}"#,
            .noSuchLine
        ),
        (
            #"{"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a"}, "region": {"startLine": 9, "endLine": 2}}}]}"#,
            .noSuchLine
        ),
        (
            #"{"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a"}, "region": {"startLine": "9"}}}]}"#,
            .noSuchLine
        ),
        (#"{"locations": [{"physicalLocation": {"artifactLocation": {"uri": ""}}}]}"#, .noPlace),
        (#"{"locations": [{"physicalLocation": {"artifactLocation": {"index": 7}}}]}"#, .noPlace),
    ])
    func aResultWithoutAUsablePlaceIsRefusedAndTheRestGoesOn(result: String, refusal: ImportRefusal) throws {
        let results = try Self.results(Self.document([result, Self.result(uri: "a.py")]))
        #expect(results[0].map(\.ruleID) == .failure(refusal))
        #expect(try results[1].get().path.text == "a.py")
    }

    @Test func aSuppressionCountsUnlessItIsUnderReviewOrRejected() throws {
        func suppression(_ json: String) throws -> String? {
            let text = Self.document([Self.result(uri: "a.py", more: "\"suppressions\": " + json)])
            return try Self.results(text)[0].get().suppression
        }
        #expect(try suppression(#"[{"kind": "external", "justification": "by   design"}]"#) == "by design")
        #expect(try suppression("[]") == nil)
        #expect(try suppression(#"[{"kind": "inSource", "status": "underReview"}]"#) == nil)
        #expect(try suppression(#"[{"kind": "inSource"}, {"kind": "external", "status": "rejected"}]"#) == nil)
    }

    @Test(arguments: [
        ("{\"version\": \"1.0.0\", \"runs\": []}", "found 1.0.0"), ("{\"runs\": []}", "'version' and 'runs'"),
        ("[]", "an object"), ("", "the text ends here"), ("<xml/>", "an object"),
        ("{\"version\": \"2.1.0\"}", "'version' and 'runs'"),
        ("{\"version\": \"2.1.0\",\n\"runs\": [{\"results\": [", "x.sarif:2"),
        ("{\"version\": \"2.1.0\", \"runs\": {}}", "an array"),
    ])
    func whatIsNoSARIFIsOneErrorWithItsPlace(text: String, expected: String) throws {
        let error = #expect(throws: RulesError.self) { try Self.results(text) }
        #expect(
            error?.code == .notSARIF && error?.description.contains(expected) == true, "\(String(describing: error))")
        #expect(error?.description.hasPrefix("x.sarif:") == true)
    }

    @Test func linksInMessagesAreTheirNames() throws {
        let result = #"""
            {"ruleId": "r", "message": {"text": "This [value](1) of {0} is [here](http://x).", "arguments": ["q"]},
             "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a"}}}]}
            """#
        #expect(try Self.results(Self.document([result]))[0].get().message == "This value of q is [here](http://x).")
    }
}
