import Detection
import OrchestratorCore
import Testing

/// Markup that takes in values from outside, wherever it is printed in the end.
@Suite struct BuiltTextTests {
    private func lines(_ code: String, _ language: String, rule: String, path: String = "src/Example") throws -> [Int] {
        try DataFlowProbe(DataFlowTests.rules.get()).analyse(code, language, path: path).findings
            .filter { $0.rule == rule }.map(\.location.startLine)
    }

    @Test func eachValueIsReportedWhereItIsPutBetweenTagsAndOnlyThere() throws {
        let code = """
            <?php
            $name = str_replace('<script>', '', $_GET['name']);
            $html .= "<p>Hello {$name}</p>";
            $html .= '<b>fixed</b>';
            $html .= '<i>' . $_POST['text'] . '</i>';
            $html = '<div>' . $html . '</div>';
            """
        #expect(try lines(code, "php", rule: "php-flow-markup") == [3, 5])
    }

    @Test func whatIsPrintedInTheSameFileIsReportedThereAlone() throws {
        let code = "<?php\n$html = '<p>' . $_GET['name'] . '</p>';\necho $html;\n"
        #expect(try lines(code, "php", rule: "php-flow-markup").isEmpty)
        #expect(try lines(code, "php", rule: "php-flow-xss") == [3])
    }

    @Test(arguments: [
        "'<b>%s</b>' % name", "'<b>{}</b>'.format(name)", "f'<b>{name}</b>'", "'<b>' + name + '</b>'",
        "'<a href=\"%s\">' % (name,)", "START + name",
    ])
    func pythonBuildsTextInManyWays(text: String) throws {
        let code =
            "from flask import request\nSTART = '<p>'\ndef f():\n    name = request.args['n']\n    return \(text)\n"
        #expect(try lines(code, "python", rule: "python-flow-markup") == [5])
    }

    @Test(arguments: [
        "'%s < 5' % name", "'<b>%d</b>' % int(name)", "'<b>' + html.escape(name) + '</b>'", "'<' + name",
        "'SELECT %s' % name",
    ])
    func textWithoutTagsAndEncodedValuesAreNoMarkup(text: String) throws {
        let code =
            "from flask import request\nimport html\ndef f():\n    name = request.args['n']\n    return \(text)\n"
        #expect(try lines(code, "python", rule: "python-flow-markup").isEmpty)
    }

    @Test func membersOfALibrarysClassAreKnownInClassesThatExtendIt() throws {
        let code = """
            from http.server import BaseHTTPRequestHandler
            class Base(BaseHTTPRequestHandler):
                pass
            class Page(Base):
                def do_GET(self):
                    path, query = self.path.split("?", 1) if "?" in self.path else (self.path, "")
                    self.wfile.write(("Hello " + query).encode())
                def do_POST(self):
                    self.path = "fixed"
                    self.wfile.write(self.path.encode())
            class Other:
                def do_GET(self):
                    self.wfile.write(self.path)
            """
        #expect(try lines(code, "python", rule: "python-flow-xss") == [7])
    }

    @Test func headersThatAreFilledStepByStepLeadARedirect() throws {
        let code = """
            class A {
              @GetMapping("/go")
              ResponseEntity<Void> f(@RequestParam String next) {
                HttpHeaders headers = new HttpHeaders();
                headers.put("Location", new ArrayList<>());
                headers.get("Location").add(next);
                return new ResponseEntity<>(headers, HttpStatus.FOUND);
              }
              @GetMapping("/stay")
              ResponseEntity<Void> g(@RequestParam String next) {
                HttpHeaders headers = new HttpHeaders();
                headers.put("X-Next", new ArrayList<>());
                headers.get("X-Next").add(next);
                return new ResponseEntity<>(headers, HttpStatus.OK);
              }
            }
            """
        #expect(try lines(code, "java", rule: "java-flow-open-redirect") == [7])
    }

    @Test func textParametersOfHandlersAreBoundToTheRequestAndOthersAreNot() throws {
        let code = """
            @RestController
            class A {
              @PostMapping("/run")
              Object run(String query) throws Exception { return connection.createStatement().executeQuery(query); }
              @PostMapping("/name")
              Object name(@CurrentUser String user) throws Exception { return connection.createStatement().executeQuery(user); }
              Object inner(String query) throws Exception { return connection.createStatement().executeQuery(query); }
            }
            """
        #expect(try lines(code, "java", rule: "java-flow-sql-injection") == [4])
    }

    @Test func filesOfWhichOneIsIncludedAreAllTried() throws {
        let files = [
            "page/low.php": "<?php $file = $_GET['page'];", "page/high.php": "<?php $file = 'fixed.php';",
        ]
        let code = """
            <?php
            // $_GET decides
            $kind = '';
            switch (level()) { case 'low': $kind = 'low.php'; break; default: $kind = 'high.php'; }
            require_once ROOT . "page/{$kind}";
            include($file);
            """
        let probe = try DataFlowProbe(DataFlowTests.rules.get(), files: files)
        let findings = probe.analyse(code, "php", path: "index.php").findings
        #expect(findings.contains { $0.rule == "php-flow-file-inclusion" && $0.location.startLine == 6 })
    }
}
