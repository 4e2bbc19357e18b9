import Detection
import Foundation
import OrchestratorCore
import SyntaxTree
import TestSupport
import Testing

/// What the project's rules find in a text, with or without other files beside it.
struct DataFlowProbe {
    let analyzer: Analyzer

    init(_ rules: [Rule], files: [String: String] = [:]) throws {
        analyzer = Analyzer(
            book: try RuleBook(rules),
            grammars: try GrammarLibrary(path: ProjectFolder.packs.appending(path: "grammars/languages.so").path),
            redactor: Redactor(forms: [], rules: []), lookup: files.isEmpty ? nil : Files(texts: files))
    }

    func analyse(_ code: String, _ language: String, path: String = "src/Example") -> FileAnalysis {
        Array(code.utf8).withUnsafeBufferPointer {
            analyzer.analyse($0, path: RepositoryPath(path), language: Language(rawValue: language))
        }
    }

    /// Finds files of a made-up repository by the names their paths end in.
    private struct Files: SourceLookup {
        let texts: [String: String]

        func paths(named name: String, _ language: Language) -> [RepositoryPath] {
            let holds = name.hasPrefix("*") ? String(name.dropFirst()) : "/" + name + (name.hasSuffix("/") ? "" : ".")
            return texts.keys.sorted().filter { ("/" + $0).contains(holds) }.map { RepositoryPath($0) }
        }

        func content(of path: RepositoryPath) -> [UInt8]? { texts[path.text].map { Array($0.utf8) } }
    }
}

@Suite struct DataFlowTests {
    static let rules = Result { try ProjectRules.load() }

    /// Whether the SQL rule fires in a Java method whose `name` comes from a request.
    private func isReportedInJava(_ body: String, members: String = "") throws -> Bool {
        let code = """
            class A {
              void f(HttpServletRequest request, Statement statement) throws Exception {
                String name = request.getParameter("name");
                \(body)
              }
              \(members)
            }
            """
        let analysis = try DataFlowProbe(Self.rules.get()).analyse(code, "java")
        return analysis.findings.contains { $0.rule == "java-flow-sql-injection" }
    }

    private func isReportedInPython(_ body: String) throws -> Bool {
        let lines = body.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        let code = "from flask import request\ndef f(cursor):\n    name = request.args.get('name')\n\(lines)\n"
        let analysis = try DataFlowProbe(Self.rules.get()).analyse(code, "python")
        return analysis.findings.contains { $0.rule == "python-flow-sql-injection" }
    }

    @Test(arguments: [
        "statement.executeQuery(\"a\" + name);",
        "String s = \"\"; s += name; statement.executeQuery(s);",
        "int n = 86; String s; if ((7 * 18) + n > 200) s = name; else s = \"x\"; statement.executeQuery(s);",
        "String s = \"x\"; switch (\"ABC\".charAt(2)) { case 'A': break; case 'C': s = name; } statement.executeQuery(s);",
        "String s = null; for (int i = 0; i < 3; i++) { if (i == 2) s = name; } statement.executeQuery(s);",
        "String s = \"x\"; while (more()) { statement.executeQuery(s); s = name; }",
        "String s = \"x\"; try { s = name; g(); s = \"y\"; } catch (Exception e) { statement.executeQuery(s); }",
        "Object o = name; statement.executeQuery((String) o);",
        "byte[] b = name.getBytes(); statement.executeQuery(\"a\" + new String(b));",
        "String[] a = {\"x\", name}; statement.executeQuery(a[1]);",
        "statement.executeQuery(String.join(\",\", java.util.List.of(name, \"b\")));",
        "Box b = new Box(); b.setText(name); statement.executeQuery(b.getText());",
        "java.util.List.of(name).forEach(x -> { try { statement.executeQuery(x); } catch (Exception e) { } });",
        "String s = flag() ? name : \"x\"; statement.executeQuery(s);",
    ])
    func javaFlowsAreFound(_ body: String) throws { #expect(try isReportedInJava(body)) }

    @Test(arguments: [
        "statement.executeQuery(\"a\" + name.length());",
        "name = \"x\"; statement.executeQuery(name);",
        "int n = 86; String s; if ((7 * 42) - n > 200) s = \"x\"; else s = name; statement.executeQuery(s);",
        "String s = \"x\"; switch (\"ABC\".charAt(1)) { case 'A': s = name; break; case 'B': s = \"b\"; break; } statement.executeQuery(s);",
        "if (!name.equals(\"asc\")) return; statement.executeQuery(name);",
        "long id = Long.parseLong(name); statement.executeQuery(\"a\" + id);",
        "java.util.Map<String, String> m = new java.util.HashMap<>(); m.put(\"a\", \"x\"); m.put(\"b\", name); statement.executeQuery(m.get(\"a\"));",
        "java.util.List<String> l = new java.util.ArrayList<>(); l.add(name); l.add(\"x\"); l.remove(0); statement.executeQuery(l.get(0));",
        "String s = name; try { s = \"x\"; } finally { s = \"y\"; } statement.executeQuery(s);",
        "if (false) statement.executeQuery(name);",
        "return; statement.executeQuery(name);",
    ])
    func harmlessJavaIsNotReported(_ body: String) throws { #expect(try !isReportedInJava(body)) }

    @Test func helpersInnerClassesAndFieldsAreFollowed() throws {
        #expect(
            try isReportedInJava(
                "statement.executeQuery(new Inner(name).text());",
                members: "class Inner { String t; Inner(String t) { this.t = t; } String text() { return t; } }"))
        #expect(
            try !isReportedInJava(
                "statement.executeQuery(pick(name, \"x\"));",
                members: "static String pick(String one, String two) { return two; }"))
        #expect(
            try isReportedInJava(
                "statement.executeQuery(pick(name, 0));",
                members: "static String pick(String one, int n) { return n > 3 ? one : pick(one, n + 4); }"))
    }

    @Test(arguments: [
        "cursor.execute(f'select {name}')",
        "cursor.execute('select %s' % name)",
        "cursor.execute('select {}'.format(name))",
        "parts = [name, 'x']\nparts.append('y')\ncursor.execute(','.join(parts))",
        "d = {'a': 1}\nd['b'] = name\ncursor.execute(d['b'])",
        "x = [n for n in [name]]\ncursor.execute(x[0])",
        "def g(v=name):\n    return v\ncursor.execute(g(name))",
        "x = 'a' if unknown() else name\ncursor.execute(x)",
        "for x in request.form.values():\n    cursor.execute(x)",
        "a, b = 'x', name\ncursor.execute(b)",
        "if name.startswith('a'):\n    pass\nelse:\n    cursor.execute(name)",
    ])
    func pythonFlowsAreFound(_ body: String) throws { #expect(try isReportedInPython(body)) }

    @Test(arguments: [
        "cursor.execute('select ?', (name,))",
        "cursor.execute(f'select {int(name)}')",
        "d = {'a': 'x', 'b': name}\ncursor.execute(d['a'])",
        "l = ['x']\nl.append(name)\nl.pop(1)\ncursor.execute(l[0])",
        "if name not in ('a', 'b'):\n    return\ncursor.execute(name)",
        "x = name\nif 1 + 1 == 2:\n    x = 'fixed'\ncursor.execute(x)",
        "match 'AB'[1]:\n    case 'A':\n        x = name\n    case 'B':\n        x = 'y'\n    case _:\n        x = name\ncursor.execute(x)",
        "a, b = 'x', name\ncursor.execute(a)",
        "if not name.isdigit():\n    return\ncursor.execute(name)",
        "cursor.execute(Page.objects.get(name=name).table)",
    ])
    func harmlessPythonIsNotReported(_ body: String) throws { #expect(try !isReportedInPython(body)) }

    @Test func anInheritedMethodKeepsNothingOfWhatItIsGiven() throws {
        let probe = try DataFlowProbe(Self.rules.get())
        let start = "class V(View):\n    def post(self, request):\n        "
        let end = "\n        cursor.execute(self.sort)\n"
        #expect(probe.analyse(start + "form = self.form_class(request.POST)" + end, "python").findings.isEmpty)
        #expect(probe.analyse(start + "self.sort = request.POST" + end, "python").findings.count == 1)
    }
}
