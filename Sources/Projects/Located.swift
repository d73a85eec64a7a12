/// A value of the file, with its place.
struct Located<Value> {
    var value: Value
    var mark: Mark
    var path: String
}

extension Located: Sendable where Value: Sendable {}
