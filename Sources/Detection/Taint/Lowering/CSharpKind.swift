// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The cases are the grammar's own names.

/// The node kinds of C#'s grammar that lowering knows.
enum CSharpKind: String {
    // declarations
    case using_directive, namespace_declaration, file_scoped_namespace_declaration, declaration_list
    case enum_declaration, class_declaration, struct_declaration, interface_declaration, record_declaration
    case preproc_if, preproc_elif, preproc_else, base_list, argument_list
    case method_declaration, constructor_declaration, field_declaration, property_declaration, accessor_list
    case accessor_declaration, arrow_expression_clause, constructor_initializer, parameter_list, parameter
    case implicit_parameter, attribute_list, attribute, modifier, generic_name
    case qualified_name, alias_qualified_name, predefined_type, nullable_type, array_type, primary_constructor_base_type
    // statements
    case global_statement, block, local_declaration_statement, variable_declaration, expression_statement
    case if_statement, switch_statement, switch_section, when_clause, for_statement, foreach_statement, while_statement,
        do_statement, try_statement
    case catch_clause, catch_declaration, finally_clause, using_statement, lock_statement, checked_statement
    case unsafe_statement, fixed_statement, return_statement, yield_statement, throw_statement, break_statement
    case continue_statement, labeled_statement, local_function_statement, empty_statement, goto_statement
    // expressions
    case identifier, this, base, parenthesized_expression, invocation_expression, argument
    case declaration_expression, discard, member_access_expression, member_binding_expression
    case conditional_access_expression, element_access_expression, element_binding_expression
    case object_creation_expression, implicit_object_creation_expression, anonymous_object_creation_expression
    case array_creation_expression, implicit_array_creation_expression, initializer_expression, collection_expression,
        collection_element, expression_element, spread_element
    case binary_expression, prefix_unary_expression, postfix_unary_expression, assignment_expression
    case conditional_expression, cast_expression, as_expression, is_expression
    case is_pattern_expression, constant_pattern, declaration_pattern, var_pattern, or_pattern, and_pattern
    case negated_pattern, switch_expression, switch_expression_arm, lambda_expression, anonymous_method_expression
    case await_expression, checked_expression, ref_expression, throw_expression, tuple_expression, tuple_pattern
    case typeof_expression, default_expression, sizeof_expression
    case interpolated_string_expression, interpolation, interpolation_start, interpolation_quote, interpolation_brace
    case string_content
    case string_literal, verbatim_string_literal, raw_string_literal, character_literal, integer_literal, real_literal
    case boolean_literal, null_literal
}
