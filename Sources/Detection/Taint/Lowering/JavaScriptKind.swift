// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The cases are the grammars' own names.

/// The node kinds of the JavaScript, TypeScript and TSX grammars that lowering knows.
enum JavaScriptKind: String {
    // definitions
    case function_declaration, generator_function_declaration, function, function_expression, generator_function
    case arrow_function, method_definition, formal_parameters, required_parameter, optional_parameter
    case class_declaration, abstract_class_declaration, class_ = "class", class_heritage, extends_clause
    case field_definition, public_field_definition, decorator, accessibility_modifier, readonly, enum_declaration
    case enum_assignment, internal_module, module, ambient_declaration
    // statements
    case statement_block, expression_statement, lexical_declaration, variable_declaration, variable_declarator
    case if_statement, for_statement, for_in_statement, while_statement, do_statement, switch_statement, switch_case
    case switch_default, try_statement, return_statement, throw_statement, break_statement, continue_statement
    case labeled_statement, empty_statement, import_statement, import_clause, import_specifier, named_imports
    case namespace_import, import_require_clause, export_statement, export_clause, export_specifier
    case interface_declaration, type_alias_declaration
    // patterns
    case object_pattern, array_pattern, assignment_pattern, object_assignment_pattern, rest_pattern, pair_pattern
    case shorthand_property_identifier_pattern
    // expressions
    case identifier, undefined, this, super_ = "super", import_ = "import", property_identifier
    case private_property_identifier, member_expression, subscript_expression, call_expression, new_expression
    case arguments, assignment_expression, augmented_assignment_expression, binary_expression, unary_expression
    case update_expression, ternary_expression, await_expression, yield_expression, sequence_expression
    case parenthesized_expression, as_expression, satisfies_expression, non_null_expression, type_assertion
    case object, array, pair, shorthand_property_identifier, spread_element, computed_property_name
    case string, template_string, template_substitution, number, regex, regex_pattern, regex_flags
    case true_ = "true", false_ = "false", null
    case jsx_element, jsx_self_closing_element, jsx_fragment, jsx_attribute, jsx_expression
    case jsx_opening_element, jsx_closing_element, jsx_text
    // types
    case type_annotation, generic_type, type_identifier, predefined_type, nested_type_identifier, union_type
    case array_type, type_arguments
}
