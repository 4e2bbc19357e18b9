/// A moment in UTC, to the second, as RFC 3339 writes it (`2026-11-23T15:02:00Z`).
package struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    package let seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }

    package var description: String {
        let (date, time) = parts
        return "\(pad(date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))"
            + "T\(pad(time.hour, 2)):\(pad(time.minute, 2)):\(pad(time.second, 2))Z"
    }

    /// The day: `2026-11-23`.
    package var date: String { String(description.prefix(10)) }

    /// Midnight of a day written as `2026-11-23`; nil for anything else and for days that do not exist.
    package init?(date: String) {
        let fields = date.split(separator: "-", omittingEmptySubsequences: false).compactMap { Int64($0) }
        guard date.utf8.count == 10, fields.count == 3, fields[0] >= 1970, (1...12).contains(fields[1]) else {
            return nil
        }
        let (year, month) = fields[1] <= 2 ? (fields[0] - 1, fields[1] + 9) : (fields[0], fields[1] - 3)
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + (153 * month + 2) / 5 + fields[2] - 1
        self.init(seconds: (era * 146_097 + dayOfEra - 719_468) * 86_400)
        guard self.date == date else { return nil }
    }

    /// The compact form used in run ids: `20261123T150200Z`.
    package var compact: String { description.filter { $0 != "-" && $0 != ":" } }

    private func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private typealias Date = (year: Int64, month: Int64, day: Int64)
    private typealias Time = (hour: Int64, minute: Int64, second: Int64)

    /// Civil date from a day count: the well-known proleptic Gregorian arithmetic over 400-year eras of 146,097 days.
    private var parts: (Date, Time) {
        let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return ((year, month, day), (rest / 3600, rest / 60 % 60, rest % 60))
    }
}

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        seconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(seconds)
    }
}
