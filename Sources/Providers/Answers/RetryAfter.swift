/// Reads how long a server asks to wait, in all the forms servers use.
package enum RetryAfter {
    /// A wait from `retry-after-ms` or `retry-after`; nil where neither says anything usable. `now` is in seconds since
    /// 1970.
    static func parse(_ header: (String) -> String?, now: Int64) -> Duration? {
        if let text = header("retry-after-ms"), let wait = seconds(text) { return wait / 1000 }
        return header("retry-after").flatMap { parse($0, now: now) }
    }

    /// Whole or decimal seconds, or an HTTP date. A date that has passed is no wait; a negative number says nothing.
    package static func parse(_ text: String, now: Int64) -> Duration? {
        if let wait = seconds(text) { return wait }
        guard let date = HTTPDate.seconds(text) else { return nil }
        return .seconds(max(0, date - now))
    }

    private static func seconds(_ text: String) -> Duration? {
        let trimmed = text.filter { $0 != " " && $0 != "\t" }
        guard trimmed.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }),
            let value = Double(trimmed), value.isFinite
        else { return nil }
        return .milliseconds(Int64(min(value, ceiling) * 1000))
    }

    /// Waits are cut to this many seconds: ten days.
    private static let ceiling = 864_000.0

    /// A span as `6m0s`, `120ms`, `1.5s`, `1h2m`, or bare seconds; nil for anything else.
    package static func span(_ text: String) -> Duration? {
        if let wait = seconds(text) { return wait }
        var total = 0.0
        var number = ""
        var rest = text[...]
        guard !text.isEmpty else { return nil }
        while let character = rest.first {
            if character.isASCII, character.isNumber || character == "." {
                number.append(character)
                rest.removeFirst()
                continue
            }
            guard let value = Double(number),
                let unit = [("ms", 0.001), ("h", 3600), ("m", 60), ("s", 1)].first(where: { rest.hasPrefix($0.0) })
            else { return nil }
            total += value * unit.1
            rest.removeFirst(unit.0.count)
            number = ""
        }
        guard number.isEmpty, total.isFinite else { return nil }
        return .milliseconds(Int64(min(total, ceiling) * 1000))
    }
}

/// Dates as HTTP and RFC 3339 write them.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since 1970 of `Wed, 21 Oct 2026 07:28:00 GMT` or `2026-10-21T07:28:00Z`; nil for other forms.
    static func seconds(_ text: String) -> Int64? {
        let fields = text.split(separator: " ").map(String.init)
        if fields.count == 6, fields[5] == "GMT" || fields[5] == "UTC", let month = months.firstIndex(of: fields[2]) {
            return seconds(year: Int64(fields[3]), month: Int64(month + 1), day: Int64(fields[1]), time: fields[4])
        }
        let halves = text.split(separator: "T").map(String.init)
        guard halves.count == 2, halves[1].hasSuffix("Z") else { return nil }
        let date = halves[0].split(separator: "-").map { Int64($0) }
        guard date.count == 3 else { return nil }
        let time = halves[1].dropLast().prefix { $0 != "." }
        return seconds(year: date[0], month: date[1], day: date[2], time: String(time))
    }

    private static func seconds(year: Int64?, month: Int64?, day: Int64?, time: String) -> Int64? {
        let clock = time.split(separator: ":").map { Int64($0) }
        guard let year, let month, let day, clock.count == 3, let hour = clock[0], let minute = clock[1],
            let second = clock[2], (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        // Days from the civil date: years begin in March, eras are 400 years of 146,097 days.
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return days * 86_400 + hour * 3600 + minute * 60 + second
    }
}
