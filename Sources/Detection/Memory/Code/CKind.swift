// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The cases are the grammar's own names.

/// The node kinds of C and C++ that lowering for memory knows.
enum CKind: String {
    case function_definition, declaration, init_declarator, pointer_declarator, array_declarator, function_declarator
    case parenthesized_declarator, reference_declarator, parameter_declaration, identifier, field_identifier
    case type_identifier, primitive_type, sized_type_specifier, struct_specifier, union_specifier, class_specifier
    case enum_specifier, enumerator, field_declaration, type_definition, type_descriptor, type_qualifier
    case storage_class_specifier, abstract_pointer_declarator, abstract_array_declarator, qualified_identifier
    case preproc_include, preproc_def, preproc_function_def, preproc_if, preproc_ifdef, preproc_else, preproc_elif
    case preproc_defined, linkage_specification, namespace_definition, declaration_list, template_type
    case compound_statement, expression_statement, if_statement, else_clause, switch_statement, case_statement
    case while_statement, do_statement, for_statement, return_statement, break_statement, continue_statement
    case goto_statement, labeled_statement, comma_expression, assignment_expression, binary_expression
    case unary_expression, update_expression, cast_expression, pointer_expression, sizeof_expression
    case subscript_expression, subscript_argument_list, call_expression, field_expression, conditional_expression
    case number_literal, char_literal, string_literal, concatenated_string, `true`, `false`, null, nullptr
    case parenthesized_expression, initializer_list, initializer_pair, new_expression, new_declarator
    case delete_expression, condition_clause, try_statement, for_range_loop, system_lib_string, preproc_params
}
