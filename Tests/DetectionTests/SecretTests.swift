import Detection
import Foundation
import OrchestratorCore
import Settings
import SyntaxTree
import TestSupport
import Testing

/// What makes a text a secret, besides its shape. Keys are put together here, so that no scanner takes this file for a leak.
@Suite struct SecretTests {
    private static let rules = Result { try ProjectRules.load() }

    /// What all rules find in a text.
    private func findings(in text: String, at path: String = "src/settings.py") throws -> [Finding] {
        let rules = try Self.rules.get()
        let analyzer = Analyzer(
            book: try RuleBook(rules), grammars: nil, redactor: Redactor(forms: [], rules: rules))
        return Array(text.utf8).withUnsafeBufferPointer {
            analyzer.analyse($0, path: RepositoryPath(path), language: Language(rawValue: "python")).findings
        }
    }

    private static let github = "ghp" + "_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"
    private static let grafana = "glsa" + "_yscW25imSKJIuav8zF37RZmnbiDvB05G_fcaaf58a"

    @Test(arguments: [github, grafana])
    func aWrongChecksumIsNoFindingOfAnyRule(key: String) throws {
        #expect(try findings(in: "token = \"\(key)\"\n").map(\.weakness) == [798])
        for position in [6, 20, key.count - 1] {
            var wrong = Array(key)
            wrong[position] = wrong[position] == "a" ? "b" : "a"
            #expect(try findings(in: "token = \"\(String(wrong))\"\n").isEmpty, "\(position)")
        }
    }

    @Test(arguments: ["tests/settings.py", "docs/conf.py", "src/shop_test.py", ".env.example", "src/ShopTests.java"])
    func whatStandsInTestsAndSamplesIsReportedWithHalfTheConfidence(path: String) throws {
        let text = "token = \"\(Self.github)\"\n"
        let ordinary = try #require(try findings(in: text).first)
        let doubtful = try #require(try findings(in: text, at: path).first)
        #expect(doubtful.confidence == ordinary.confidence / 2)
        #expect(doubtful.message.contains("made up") && !ordinary.message.contains("made up"))
        #expect(doubtful.id != ordinary.id)
    }

    @Test func noWeaknessInATestFailsAControl() throws {
        let probe = try DataFlowProbe(Self.rules.get())
        let code = "def f(request, cursor):\n    cursor.execute(request.GET['a'])\n"
        let ordinary = try #require(probe.analyse(code, "python", path: "src/shop").findings.first)
        let doubtful = try #require(probe.analyse(code, "python", path: "src/tests/shop").findings.first)
        #expect(ordinary.confidence >= 40 && doubtful.confidence < 40)
        #expect(doubtful.message.contains("a test"))
    }

    @Test func passwordsMadeUpForATestAreNotReported() throws {
        let probe = try DataFlowProbe(Self.rules.get())
        for password in ["hello", "password123", "Swordfish"] {
            let code = "client.login(password='\(password)')\n"
            #expect(probe.analyse(code, "python", path: "src/tests/login").findings.isEmpty)
            #expect(probe.analyse(code, "python", path: "src/login").findings.count == 1)
        }
        let kept = probe.analyse("login(password='tR7-qwe!Lmv92x')\n", "python", path: "src/tests/login")
        #expect(!kept.findings.isEmpty)
    }

    @Test func ordinaryNamesAreNotTakenForTests() throws {
        let text = "token = \"\(Self.github)\"\n"
        for path in ["src/latest.py", "contest/attestation.py", "src/document.py"] {
            #expect(
                try findings(in: text, at: path).first?.confidence == findings(in: text).first?.confidence, "\(path)")
        }
    }

    @Test(arguments: [
        "app.config['SECRET_KEY_HMAC_2'] = 'value-77-x'", "$db_pass = 'value-77-x';", "API_TOKEN = \"value-77-x\"",
        "client.login(password='value-77-x')", "const cookieSecret = `value-77-x`;", "{'access_key_old': 'value-77-x'}",
    ])
    func noModelSeesWhatIsNamedLikeASecret(line: String) throws {
        let forms = try RedactionForm.load(
            String(contentsOf: ProjectFolder.rulesets.appending(path: "redaction.yaml"), encoding: .utf8),
            file: "redaction.yaml", reader: YAMLReader())
        let redactor = Redactor(forms: forms, rules: try Self.rules.get())
        let shown = Array(line.utf8).withUnsafeBufferPointer { redactor.redact($0, scratch: PatternScratch()) }
        #expect(!shown.contains("value-77"), "\(shown)")
    }

    @Test func evidenceHidesTheSecretsOfOtherFindings() throws {
        let code = "client.login(password='tR7-qwe!Lmv92x')\ncursor.execute('select ' + request.args['a'])\n"
        let probe = try DataFlowProbe(Self.rules.get())
        let found = probe.analyse(
            "from flask import request\ndef f(cursor):\n"
                + code.split(separator: "\n")
                .map { "    \($0)\n" }.joined(), "python", path: "src/shop"
        ).findings
        #expect(Set(found.map(\.weakness)).isSuperset(of: [89, 259]))
        #expect(!found.flatMap(\.evidence.lines).joined().contains("tR7"))
    }

    /// Of every vulnerable example of a secret rule, neither the finding nor what a model is sent shows the secret.
    @Test func noExampleOfASecretIsShown() throws {
        let rules = try Self.rules.get().filter { $0.description.id.hasPrefix("secret-") }
        let redactor = Redactor(forms: [], rules: rules)
        let scratch = PatternScratch()
        var tried = 0
        for rule in rules {
            for example in rule.examples where example.isVulnerable {
                // The longest run of characters that keys are made of is the secret, or its longest part.
                let runs = example.code.split { !($0.isLetter || $0.isNumber || "+/_-".contains($0)) }
                guard let longest = runs.max(by: { $0.count < $1.count }), longest.count >= 24 else { continue }
                let shown = Array(example.code.utf8).withUnsafeBufferPointer {
                    redactor.redact($0, scratch: scratch)
                }
                #expect(!shown.contains(longest.suffix(20)), "\(rule.description.id): \(example.mark)")
                tried += 1
            }
        }
        // More than a hundred issuers have a format of their own.
        #expect(tried > 120)
    }
}
