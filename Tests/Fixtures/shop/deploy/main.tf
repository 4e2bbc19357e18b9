resource "aws_s3_bucket" "invoices" {
  bucket = "shop-invoices"
  acl    = "public-read"
}

resource "aws_security_group" "database" {
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
