import Foundation
import TestSupport
import Testing

/// What one file of a project says about its templates decides what is found in them.
@Suite struct ProjectSettingTests {
    private let off = "setup(app, loader=PackageLoader('shop', 'templates'), autoescape=False)\n"
    private let template = "<h2>{{ course.title }}</h2>\n"

    /// The paths of what the rule for templates without escaping reports.
    private func reported(_ program: Program) throws -> [String] {
        let result = try program.scan()
        #expect(result.status == 0, "\(result.errorText)")
        let findings = try #require(try program.json("out/report.json")["findings"] as? [[String: Any]])
        return findings.filter { $0["rule"] as? String == "template-escaping-off-output" }
            .compactMap { $0["path"] as? String }
    }

    @Test func templatesUnderTheProgramThatSwitchesEscapingOffAreReported() throws {
        let program = try Program()
        try program.folder.write(off, to: "target/shop/app.py")
        try program.folder.write(template, to: "target/shop/templates/course.jinja2")
        try program.folder.write(template, to: "target/wiki/templates/course.jinja2")
        #expect(try reported(program) == ["shop/templates/course.jinja2"])
    }

    @Test func templatesAreLookedAtAgainWhenTheProgramChanges() throws {
        let program = try Program()
        try program.folder.write("# autoescape=False\n" + off.replacing("False", with: "True"), to: "target/app.py")
        try program.folder.write(template, to: "target/templates/course.jinja2")
        #expect(try reported(program).isEmpty)
        try program.folder.write(off, to: "target/app.py")
        #expect(try reported(program) == ["templates/course.jinja2"])
        try program.folder.write(off.replacing("False", with: "True"), to: "target/app.py")
        #expect(try reported(program).isEmpty)
    }
}
