import OrchestratorCore
import Testing

@Suite struct FingerprintTests {
    private func mark(
        _ text: String, rule: String = "rule", symbol: String = "f", ordinal: Int = 0, path: String = "a.py"
    ) -> FindingFingerprint {
        FindingFingerprint(rule: rule, symbol: symbol, text: text, ordinal: ordinal, path: RepositoryPath(path))
    }

    @Test(arguments: [
        "call( 'ls ' + x , y )", "call(\n    \"ls \" + x,\n    y,\n)", "call(\"ls \" + x, y);", "\tcall(`ls `+x,y)",
    ])
    func layoutDoesNotCount(text: String) {
        #expect(mark(text) == mark("call(\"ls \" + x, y)"))
    }

    @Test(arguments: ["call(\"ls \" + x, z)", "call(\"ls \", x, y)", "call(\"ls\" x, y)", "recall(\"ls \" + x, y)"])
    func codeCounts(text: String) {
        #expect(mark(text) != mark("call(\"ls \" + x, y)"))
        #expect(mark(text).pathless != mark("call(\"ls \" + x, y)").pathless)
    }

    @Test func wordsStayApart() {
        #expect(mark("return x").id != mark("returnx").id)
        #expect(mark("new A ( )") == mark("new A()"))
    }

    @Test func anIdNamesOnePlaceAndTheFingerprintRecognisesIt() {
        let first = mark("eval(x)")
        for other in [
            mark("eval(x)", symbol: "g"), mark("eval(x)", ordinal: 1), mark("eval(x)", path: "b.py"),
        ] {
            #expect(other.id != first.id && other.pathless == first.pathless)
        }
        #expect(mark("eval(x)", rule: "other").pathless != first.pathless)
    }

    @Test(arguments: [
        ("2027-03-31", 1_806_451_200), ("1970-01-01", 0), ("2024-02-29", 1_709_164_800), ("2000-12-31", 978_220_800),
    ])
    func daysAreRead(text: String, seconds: Int64) {
        #expect(Timestamp(date: text)?.seconds == seconds)
        #expect(Timestamp(seconds: seconds).date == text)
    }

    @Test(arguments: [
        "2027-02-29", "2027-13-01", "2027-00-10", "2027-3-1", "1969-12-31", "27-03-2031", "", "2027-03-31x",
    ])
    func daysThatAreNoneAreRefused(text: String) { #expect(Timestamp(date: text) == nil) }
}
