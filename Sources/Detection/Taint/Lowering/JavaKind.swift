// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The cases are the grammar's own names.

/// The node kinds of Java's grammar that lowering knows.
enum JavaKind: String {
    // declarations
    case import_declaration, class_declaration, interface_declaration, enum_declaration, record_declaration, class_body,
        interface_body
    case enum_body, enum_body_declarations, method_declaration, constructor_declaration
    case compact_constructor_declaration, field_declaration, formal_parameter, spread_parameter, static_initializer
    case variable_declarator, modifiers, marker_annotation, annotation, super_interfaces, extends_interfaces
    // statements
    case block, constructor_body, local_variable_declaration, expression_statement, if_statement, for_statement
    case enhanced_for_statement, while_statement, do_statement, switch_statement, switch_expression, switch_block
    case switch_block_statement_group, switch_rule, switch_label, try_statement, try_with_resources_statement
    case catch_clause, finally_clause, resource, return_statement, throw_statement, break_statement
    case continue_statement, labeled_statement, synchronized_statement, yield_statement, assert_statement
    case explicit_constructor_invocation
    // expressions
    case method_invocation, object_creation_expression, array_creation_expression, array_initializer, array_access
    case field_access, binary_expression, unary_expression, update_expression, assignment_expression
    case ternary_expression, cast_expression, instanceof_expression, lambda_expression, method_reference
    case parenthesized_expression, condition, string_literal, decimal_integer_literal, hex_integer_literal
    case octal_integer_literal, binary_integer_literal, decimal_floating_point_literal, character_literal
    case true_ = "true", false_ = "false", null_literal, this, super_ = "super", identifier, class_literal
    case scoped_identifier, type_identifier, generic_type, scoped_type_identifier, array_type
    case inferred_parameters, formal_parameters
}
